//! A request as it was, kept for as long as what changed it can be taken back.

use chrono::{DateTime, NaiveDate, Utc};
use domain::session::Group;
use domain::year_group::YearGroups;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Request;
use super::ask::put_details;
use crate::db::Conn;
use crate::error::{Error, Result};

/// Everything of a request that changing it replaces.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Kept {
    sessions: i64,
    may_split: bool,
    room_for_others: bool,
    part_of_day: String,
    access_needs: String,
    note: String,
    contact: [String; 3],
    asked: [String; 2],
    is_estimated: bool,
    outside_audience: bool,
    updated_at: DateTime<Utc>,
    version: i64,
    groups: Vec<KeptGroup>,
    impossible: Vec<NaiveDate>,
    preferred: Vec<NaiveDate>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct KeptGroup {
    year_groups: i64,
    label: String,
    expected: i64,
    expected_send: Option<i64>,
}

impl From<&Request> for Kept {
    fn from(request: &Request) -> Self {
        let group = |group: &Group| KeptGroup {
            year_groups: group.year_groups.mask(),
            label: group.label.clone(),
            expected: group.expected,
            expected_send: group.expected_send,
        };
        Self {
            sessions: request.sessions,
            may_split: request.may_split,
            room_for_others: request.room_for_others,
            part_of_day: request.part_of_day.as_str().to_owned(),
            access_needs: request.access_needs.clone(),
            note: request.note.clone(),
            contact: [request.contact_name.clone(), request.contact_telephone.clone(), request.contact_email.clone()],
            asked: [request.asked_by_name.clone(), request.asked_how.clone()],
            is_estimated: request.is_estimated,
            outside_audience: request.outside_audience,
            updated_at: request.updated_at,
            version: request.version,
            groups: request.groups.iter().map(group).collect(),
            impossible: request.impossible.clone(),
            preferred: request.preferred.clone(),
        }
    }
}

impl Kept {
    /// Puts the request back as it was.
    pub(crate) async fn restore(&self, conn: &mut Conn, id: Uuid) -> Result<()> {
        execute!(
            conn,
            "UPDATE request SET sessions = $1, may_split = $2, room_for_others = $3, part_of_day = $4, access_needs = $5,
                note = $6, contact_name = $7, contact_telephone = $8, contact_email = $9, asked_by_name = $10,
                asked_how = $11, is_estimated = $12, outside_audience = $13, updated_at = $14, version = $15 WHERE id = $16",
            self.sessions,
            self.may_split,
            self.room_for_others,
            &self.part_of_day,
            &self.access_needs,
            &self.note,
            &self.contact[0],
            &self.contact[1],
            &self.contact[2],
            &self.asked[0],
            &self.asked[1],
            self.is_estimated,
            self.outside_audience,
            self.updated_at,
            self.version,
            id,
        )?;
        put_details(conn, id, &self.groups()?, &self.impossible, &self.preferred).await
    }

    fn groups(&self) -> Result<Vec<Group>> {
        let groups = self.groups.iter().map(|group| {
            Ok(Group {
                year_groups: YearGroups::try_from(group.year_groups).map_err(Error::unavailable)?,
                label: group.label.clone(),
                expected: group.expected,
                expected_send: group.expected_send,
            })
        });
        groups.collect()
    }

    /// The request as it was, in what changing it replaces.
    pub(crate) fn onto(&self, now: &Request) -> Result<Request> {
        let [contact_name, contact_telephone, contact_email] = self.contact.clone();
        let [asked_by_name, asked_how] = self.asked.clone();
        Ok(Request {
            sessions: self.sessions,
            may_split: self.may_split,
            room_for_others: self.room_for_others,
            part_of_day: self.part_of_day.parse().map_err(Error::unavailable)?,
            access_needs: self.access_needs.clone(),
            note: self.note.clone(),
            contact_name,
            contact_telephone,
            contact_email,
            asked_by_name,
            asked_how,
            groups: self.groups()?,
            impossible: self.impossible.clone(),
            preferred: self.preferred.clone(),
            ..now.clone()
        })
    }
}

/// Deletes a request as though it had never been made; its contact is told that it no longer stands.
pub(crate) async fn forget(conn: &mut Conn, desk: &crate::Desk, id: Uuid) -> Result<()> {
    super::mail::tell(conn, desk, id, super::mail::News::TakenBack).await?;
    execute!(conn, "DELETE FROM request_group WHERE request_id = $1", id)?;
    execute!(conn, "DELETE FROM request_date WHERE request_id = $1", id)?;
    execute!(conn, "DELETE FROM request WHERE id = $1", id)?;
    Ok(())
}
