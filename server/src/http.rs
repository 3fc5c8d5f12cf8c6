//! The HTTP server: the site's routes, its files, and the layers around them.

use std::net::SocketAddr;
use std::time::Duration;

use app::Site;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::routing::get;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

/// Bytes of a form; uploads have their own, larger bound.
const MOST_FORM_BYTES: usize = 256 * 1024;

/// Seconds a request may take.
const MOST_SECONDS: u64 = 60;

/// The whole server's router.
pub fn router(site: Site) -> Router {
    let secure = site.is_secure();
    let assets = ServeDir::new(site.assets.folder()).precompressed_gzip();
    let files = ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            // Names carry a hash of the content.
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        ))
        .service(assets);
    let (pages, _) = app::router(site.clone());
    let pages = pages
        .layer(DefaultBodyLimit::max(MOST_FORM_BYTES))
        .layer(CsrfLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_secs(MOST_SECONDS)))
        .layer(CatchPanicLayer::new());
    let mut router = Router::new()
        .nest_service("/assets", files)
        // Outside the layers above, so that what they refuse has a page too.
        .merge(app::explained(pages, site.clone()))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::new())
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready).with_state(site));
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=()"),
    ] {
        let layer =
            SetResponseHeaderLayer::if_not_present(HeaderName::from_static(name), HeaderValue::from_static(value));
        router = router.layer(layer);
    }
    if secure {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        router = router.layer(SetResponseHeaderLayer::if_not_present(header::STRICT_TRANSPORT_SECURITY, year));
    }
    // Paths only: a query may hold a code.
    router.layer(TraceLayer::new_for_http().make_span_with(|request: &axum::http::Request<_>| {
        tracing::info_span!("request", method = %request.method(), path = request.uri().path())
    }))
}

/// The same router behind a proxy that states each client's address in `header`: the last entry is the one the proxy
/// itself added, and the only one that nobody else can make up.
pub fn behind_proxy(router: Router, header: HeaderName) -> Router {
    router.layer(axum::middleware::map_request(move |mut request: axum::extract::Request| {
        let stated = request.headers().get_all(&header).iter().next_back().and_then(|value| value.to_str().ok());
        let client = stated.and_then(|list| list.rsplit(',').next()).map(|last| app::Client(last.trim().into()));
        if let Some(client) = client {
            request.extensions_mut().insert(client);
        }
        async move { request }
    }))
}

/// Whether the database answers and its schema is current.
async fn ready(State(site): State<Site>) -> (StatusCode, &'static str) {
    match site.desk.db().is_current().await {
        Ok(true) => (StatusCode::OK, "ready\n"),
        Ok(false) => (StatusCode::SERVICE_UNAVAILABLE, "the database's schema is not current\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}

/// Serves until the process is told to stop; requests under way are finished first.
///
/// # Errors
/// The address cannot be listened at.
pub async fn serve(listener: tokio::net::TcpListener, router: Router) -> std::io::Result<()> {
    axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(stopped())
        .await
}

/// Waits until the program is interrupted or told to end.
pub(crate) async fn stopped() {
    let interrupted = async { tokio::signal::ctrl_c().await.is_ok() };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await.is_some(),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<bool>();
    tokio::select! { _ = interrupted => {}, _ = terminated => {} }
}
