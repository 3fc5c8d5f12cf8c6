//! The route table: every page and form, and who may reach it. What is not listed does not exist.

use axum::Router;
use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, on};
use domain::access::{Operation, permitted};
use records::Error;

use super::answer::Problem;
use super::context::Visitor;
use super::site::Site;

/// Who may reach a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Anyone, signed out too.
    Anyone,
    /// Anyone who has proved an address, before a role is chosen.
    SignedIn,
    /// Those whose role may do this.
    May(Operation),
}

/// A line of the route table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteLine {
    /// GET or POST.
    pub method: Method,
    /// The path, with parameters in braces.
    pub path: &'static str,
    /// Who may reach it.
    pub who: Who,
}

/// Collects routes with their table.
pub(crate) struct Routes {
    site: Site,
    router: Router<Site>,
    table: Vec<RouteLine>,
}

impl Routes {
    pub(crate) fn new(site: Site) -> Self {
        Self { site, router: Router::new(), table: Vec::new() }
    }

    /// A page: answers GET (and HEAD).
    pub(crate) fn get<H, T>(self, path: &'static str, who: Who, handler: H) -> Self
    where
        H: Handler<T, Site>,
        T: 'static,
    {
        self.add(Method::GET, path, who, on(axum::routing::MethodFilter::GET, handler))
    }

    /// A form: answers POST.
    pub(crate) fn post<H, T>(self, path: &'static str, who: Who, handler: H) -> Self
    where
        H: Handler<T, Site>,
        T: 'static,
    {
        self.add(Method::POST, path, who, on(axum::routing::MethodFilter::POST, handler))
    }

    /// A form that uploads: POST with a body of up to `most` bytes.
    pub(crate) fn upload<H, T>(self, path: &'static str, who: Who, most: usize, handler: H) -> Self
    where
        H: Handler<T, Site>,
        T: 'static,
    {
        let route = on(axum::routing::MethodFilter::POST, handler).layer(axum::extract::DefaultBodyLimit::max(most));
        self.add(Method::POST, path, who, route)
    }

    fn add(mut self, method: Method, path: &'static str, who: Who, route: MethodRouter<Site>) -> Self {
        let guarded = route.layer(from_fn_with_state((self.site.clone(), who), guard));
        self.router = self.router.route(path, guarded);
        self.table.push(RouteLine { method, path, who });
        self
    }

    pub(crate) fn finish(self) -> (Router<Site>, Vec<RouteLine>) {
        (self.router, self.table)
    }
}

/// Turns away who may not reach the route, before its handler runs.
async fn guard(State((_, who)): State<(Site, Who)>, request: Request, next: Next) -> Response {
    let visitor = request.extensions().get::<Visitor>();
    let problem = match (who, visitor.and_then(Visitor::sign_in)) {
        (Who::Anyone, _) => None,
        (_, None) => Some(Problem::SignInFirst),
        (Who::SignedIn, Some(_)) => None,
        (Who::May(operation), Some(sign_in)) => match &sign_in.actor {
            None => Some(Problem::ChooseRole),
            Some(actor) if permitted(actor.role, operation) => None,
            Some(_) => Some(Problem::from(Error::Forbidden(operation))),
        },
    };
    match problem {
        None => next.run(request).await,
        Some(problem) => problem.into_response(),
    }
}
