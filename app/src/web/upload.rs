//! Forms that upload: their typed fields, and the files.

use axum::RequestExt;
use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;

use super::answer::Problem;
use super::form::{Form, typed};

/// What the page says about a file that was not read to its end.
pub(crate) const FILE_TOO_LARGE: &str = "The file is too large for this page. Nothing was stored.";

/// A file as it was chosen.
#[derive(Debug, Clone)]
pub(crate) struct UploadedFile {
    /// The field it was chosen in.
    pub field: String,
    /// Its name without folders, at most 200 characters: some browsers send where it lay.
    pub name: String,
    /// Its content.
    pub bytes: axum::body::Bytes,
}

impl UploadedFile {
    fn is_chosen_in(&self, field: &str) -> bool {
        self.field == field && !(self.name.is_empty() && self.bytes.is_empty())
    }
}

/// A form that was sent with files. Browsers do not send a file again with what was typed: it has to be chosen anew.
#[derive(Debug, Clone, Default)]
pub(crate) struct Upload {
    /// What was typed.
    pub form: Form,
    files: Vec<UploadedFile>,
}

impl Upload {
    /// The file chosen in `field`; none when none was, which browsers send as a nameless empty one.
    pub(crate) fn file(&self, field: &str) -> Option<&UploadedFile> {
        self.files.iter().find(|file| file.is_chosen_in(field))
    }

    /// The same, and the form has it no more.
    pub(crate) fn take(&mut self, field: &str) -> Option<UploadedFile> {
        let at = self.files.iter().position(|file| file.is_chosen_in(field))?;
        Some(self.files.swap_remove(at))
    }
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Self::Rejection> {
        let bad = |error: MultipartError| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::Bad(StatusCode::PAYLOAD_TOO_LARGE, FILE_TOO_LARGE.into()),
            _ => unreadable(),
        };
        let mut parts: Multipart = request.extract().await.map_err(|_| unreadable())?;
        let mut upload = Self::default();
        while let Some(part) = parts.next_field().await.map_err(bad)? {
            let field = part.name().unwrap_or_default().to_owned();
            match part.file_name().map(base_name) {
                Some(name) => upload.files.push(UploadedFile { field, name, bytes: part.bytes().await.map_err(bad)? }),
                None => upload.form.put(&field, typed(&part.text().await.map_err(bad)?)),
            }
        }
        Ok(upload)
    }
}

fn unreadable() -> Problem {
    Problem::Bad(StatusCode::BAD_REQUEST, "The upload broke off. Go back and try again.".into())
}

fn base_name(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    name.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_last_name() {
        assert_eq!(base_name(r"C:\Users\me\list.csv"), "list.csv");
        assert_eq!(base_name("/home/me/list\n.csv"), "list.csv");
        assert_eq!(base_name(""), "");
    }
}
