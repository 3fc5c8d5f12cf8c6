// Keeps the run sheets that were opened last on this device, so that they open without a signal.
// docs/decisions/0010-run-sheets-without-signal.md says why, and for how long.
"use strict";

const SHEETS = "run-sheets";
const LOOK = "run-sheets-look";
const NO_SIGNAL = "/run-sheets/no-signal";
const KEEP = "/run-sheets/keep.js";
const KEPT_AT = "x-kept-at";
const MOST_SHEETS = 8;
const MOST_STYLES = 8;
const MOST_DAYS = 7;
// Milliseconds that a bar of signal gets to answer, where there is a copy.
const PATIENCE = 5000;

const IS_SHEET = /^\/run-sheets(\/[0-9a-f-]{36})?$/;
const IS_STYLE = /^\/(assets|colour)\/[^/]+\.css$/;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function install() {
  // As nobody: it holds nobody's name.
  const page = await fetch(NO_SIGNAL, { credentials: "omit" });
  if (!page.ok) throw new Error("no page to show without a signal");
  await keepStyles(await page.clone().text());
  await (await caches.open(LOOK)).put(NO_SIGNAL, page);
  await self.skipWaiting();
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && IS_SHEET.test(url.pathname)) event.respondWith(sheet(event, url));
  else if (IS_STYLE.test(url.pathname)) event.respondWith(style(request));
  else if (url.pathname === KEEP) event.respondWith(inTime(request));
});

// A page that was opened before this worker was there asks for itself to be kept.
self.addEventListener("message", (event) => {
  const url = new URL(event.source.url);
  if (event.data === "keep" && IS_SHEET.test(url.pathname)) {
    event.waitUntil(keepOpened(url).then((kept) => kept && event.source.postMessage("kept")));
  }
});

async function keepOpened(url) {
  if (!(await copyOf(url))) await keep(url, await fetch(url, { redirect: "manual" }));
  return Boolean(await copyOf(url));
}

// The network's answer; the copy where there is none, or none in time.
async function sheet(event, url) {
  const copy = await copyOf(url);
  const answer = fetch(event.request).then(async (response) => {
    await keep(url, response);
    return response;
  });
  event.waitUntil(answer.catch(() => {}));
  try {
    const response = await (copy ? Promise.race([answer, late()]) : answer);
    if (!copy || response.status < 500) return response;
  } catch {
    // No signal, or too little of it.
  }
  return copy ? withNote(copy) : others();
}

function late() {
  return new Promise((_, no) => setTimeout(() => no(new Error("no answer in time")), PATIENCE));
}

// Keeps what was answered. Who is sent to sign in has no run sheets here any more.
async function keep(url, response) {
  const sheets = await caches.open(SHEETS);
  if (response.type === "opaqueredirect" || response.status === 401) {
    await caches.delete(SHEETS);
  } else if (response.status === 403 || response.status === 404) {
    await sheets.delete(url);
  } else if (response.ok) {
    const html = await response.clone().text();
    const headers = new Headers(response.headers);
    headers.set(KEPT_AT, String(Date.now()));
    await keepStyles(html);
    await sheets.put(url, new Response(html, { headers }));
    await tidy(sheets);
  }
}

async function keepStyles(html) {
  const look = await caches.open(LOOK);
  for (const [, path] of html.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)) {
    if (!(await look.match(path))) await look.add(path);
  }
  const styles = (await look.keys()).filter((request) => IS_STYLE.test(new URL(request.url).pathname));
  for (const old of styles.slice(0, -MOST_STYLES)) await look.delete(old);
}

const keptAt = (copy) => Number(copy.headers.get(KEPT_AT));
const isOld = (copy) => Date.now() - keptAt(copy) > MOST_DAYS * 24 * 60 * 60 * 1000;

// Every copy with its address, the newest first.
async function all(sheets) {
  const copies = [];
  for (const request of await sheets.keys()) copies.push({ url: request.url, copy: await sheets.match(request) });
  return copies.filter((c) => c.copy).sort((a, b) => keptAt(b.copy) - keptAt(a.copy));
}

async function tidy(sheets) {
  for (const [i, { url, copy }] of (await all(sheets)).entries()) {
    if (i >= MOST_SHEETS || isOld(copy)) await sheets.delete(url);
  }
}

// The copy of this very page, where it still says what its address asks for: “today” is another page tomorrow.
async function copyOf(url) {
  const sheets = await caches.open(SHEETS);
  await tidy(sheets);
  const copy = await sheets.match(url);
  const today = url.searchParams.get("days") === "1" && !url.searchParams.has("from");
  const sameDay = copy && new Date(keptAt(copy)).toDateString() === new Date().toDateString();
  return copy && (sameDay || !today) ? copy : undefined;
}

// The page says itself that it is a copy: the words are in it, hidden until now.
async function withNote(copy) {
  const html = (await copy.text()).replace(/(<[^>]*id="no-signal"[^>]*?) hidden(="")?/, "$1");
  return new Response(html, { headers: copy.headers });
}

// What was asked for is not here: what else is.
async function others() {
  const page = await (await caches.open(LOOK)).match(NO_SIGNAL);
  if (!page) return Response.error();
  const list = [];
  for (const { url, copy } of await all(await caches.open(SHEETS))) {
    const { pathname, search } = new URL(url);
    // Both come from our own pages, where they stand escaped.
    const title = (await copy.text()).match(/<h1[^>]*>([^<]*)/);
    const link = `${pathname}${search}`.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
    if (title) list.push(`<li><a class="govuk-link" href="${link}">${title[1]}</a></li>`);
  }
  const html = (await page.text()).replace(/(<ul[^>]*id="kept-sheets"[^>]*>).*?<\/ul>/s, (ul, open) =>
    list.length > 0 ? `${open}${list.join("")}</ul>` : ul,
  );
  return new Response(html, { headers: page.headers });
}

// The page is not done before its script is: it is not waited for long where little comes.
function inTime(request) {
  return Promise.race([fetch(request), late()]).catch(() => Response.error());
}

async function style(request) {
  return (await (await caches.open(LOOK)).match(request, { ignoreVary: true })) ?? fetch(request);
}
