//! Many rows in one statement.

/// Rows a statement writes at most. SQLite takes 32,766 binds a statement, PostgreSQL 65,535; beyond some fifty rows
/// neither gets faster.
pub(crate) const ROWS_AT_A_TIME: usize = 50;

/// Keys one after another, for many rows: the first is as [`uuid::Uuid::now_v7`] makes it, those after it count on from
/// its random part (RFC 9562, 6.2, method 2). Asking the system for randomness takes as long as writing a small row.
pub(crate) fn keys() -> impl FnMut() -> uuid::Uuid {
    let mut last = uuid::Uuid::now_v7().as_u128();
    move || {
        last = last.wrapping_add(1);
        uuid::Uuid::from_u128(last)
    }
}

/// `write_chunks!(c, rows, |chunk| query)` → `u64`: runs a statement for each so many rows, and tells how many were
/// written. The next statement is put together while the database is busy with the one before.
macro_rules! write_chunks {
    ($c:expr, $rows:expr, |$chunk:ident| $query:block) => {{
        let (connection, mut written) = ($c, 0_u64);
        let mut chunks = $rows.chunks($crate::batch::ROWS_AT_A_TIME);
        let mut statement = || chunks.next().map(|$chunk| $query);
        let mut ready = statement();
        while let Some(mut query) = ready {
            let (done, next) =
                tokio::join!(biased; query.build().execute(&mut *connection), async { statement() });
            written += done?.rows_affected();
            ready = next;
        }
        written
    }};
}

/// `insert_rows!(conn, "INSERT INTO t (a, b) ", rows, |b, row| { b.push_bind(…); … }, " ON CONFLICT …")` →
/// `Result<u64>`: inserts a slice of rows and tells how many were written.
macro_rules! insert_rows {
    ($conn:expr, $insert:expr, $rows:expr, |$b:ident, $row:ident| $binds:block, $tail:expr) => {
        async {
            let written = match $conn.handle() {
                $crate::db::Handle::Sqlite(c) => write_chunks!(c, $rows, |chunk| {
                    let mut query = sqlx::QueryBuilder::<sqlx::Sqlite>::new($insert);
                    query.push_values(chunk, |mut $b, $row| $binds).push($tail);
                    query
                }),
                $crate::db::Handle::Postgres(c) => write_chunks!(c, $rows, |chunk| {
                    let mut query = sqlx::QueryBuilder::<sqlx::Postgres>::new($insert);
                    query.push_values(chunk, |mut $b, $row| $binds).push($tail);
                    query
                }),
            };
            Ok::<_, $crate::Error>(written)
        }
        .await
    };
}

/// `fetch_in!(conn, Row, "SELECT … WHERE x IN ", values, " AND …")` → `Result<Vec<Row>>`: the rows for any of a slice
/// of values, some hundreds at a time.
macro_rules! fetch_in {
    ($conn:expr, $row:ty, $select:expr, $values:expr, $tail:expr) => {
        async {
            let mut rows: Vec<$row> = Vec::new();
            for chunk in $values.chunks($crate::batch::ROWS_AT_A_TIME * 10) {
                match $conn.handle() {
                    $crate::db::Handle::Sqlite(c) => {
                        let mut query = sqlx::QueryBuilder::<sqlx::Sqlite>::new($select);
                        query.push_tuples(chunk, |mut b, value| {
                            b.push_bind(value);
                        });
                        rows.extend(query.push($tail).build_query_as::<$row>().fetch_all(c).await?);
                    }
                    $crate::db::Handle::Postgres(c) => {
                        let mut query = sqlx::QueryBuilder::<sqlx::Postgres>::new($select);
                        query.push_tuples(chunk, |mut b, value| {
                            b.push_bind(value);
                        });
                        rows.extend(query.push($tail).build_query_as::<$row>().fetch_all(c).await?);
                    }
                }
            }
            Ok::<_, $crate::Error>(rows)
        }
        .await
    };
}

/// `execute_in!(conn, "UPDATE … WHERE x IN ", values, " AND …")` → `Result<()>`: a statement for any of a slice of
/// values, some hundreds at a time.
macro_rules! execute_in {
    ($conn:expr, $statement:expr, $values:expr, $tail:expr) => {
        async {
            for chunk in $values.chunks($crate::batch::ROWS_AT_A_TIME * 10) {
                match $conn.handle() {
                    $crate::db::Handle::Sqlite(c) => {
                        let mut query = sqlx::QueryBuilder::<sqlx::Sqlite>::new($statement);
                        query.push_tuples(chunk, |mut b, value| {
                            b.push_bind(value);
                        });
                        query.push($tail).build().execute(c).await?;
                    }
                    $crate::db::Handle::Postgres(c) => {
                        let mut query = sqlx::QueryBuilder::<sqlx::Postgres>::new($statement);
                        query.push_tuples(chunk, |mut b, value| {
                            b.push_bind(value);
                        });
                        query.push($tail).build().execute(c).await?;
                    }
                }
            }
            Ok::<_, $crate::Error>(())
        }
        .await
    };
}
