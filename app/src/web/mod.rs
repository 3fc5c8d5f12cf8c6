//! What lies between HTTP and pages: the site, who is asking, forms, answers.

pub(crate) mod answer;
pub(crate) mod context;
pub(crate) mod download;
pub(crate) mod form;
pub(crate) mod page;
pub(crate) mod routes;
pub(crate) mod site;
pub(crate) mod then;
pub(crate) mod upload;
