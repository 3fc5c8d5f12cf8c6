//! Mail over SMTP to a real server on loopback, which refuses, breaks off, or takes what it is given.

use std::sync::{Arc, Mutex};

use callboard::mail::Mailer;
use chrono::{DateTime, TimeDelta, Utc};
use domain::access::Actor;
use domain::clock::Clock;
use records::secret::Secret;
use records::testing::{Throwaway, present};
use records::{Desk, failed_mails, outbox};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

/// What the server does with the next mail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mood {
    Takes,
    /// 451 at RCPT: come again.
    Busy,
    /// 550 at RCPT: no such mailbox.
    Refuses,
    /// Goes away in the middle of DATA.
    BreaksOff,
}

/// A mail server that speaks as much SMTP as a sender needs.
#[derive(Clone)]
struct Server {
    port: u16,
    mood: Arc<Mutex<Mood>>,
    taken: Arc<Mutex<Vec<(String, String)>>>,
    tries: Arc<Mutex<usize>>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let server = Self {
            port: listener.local_addr().expect("an address").port(),
            mood: Arc::new(Mutex::new(Mood::Takes)),
            taken: Arc::default(),
            tries: Arc::default(),
        };
        let this = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(this.clone().converse(stream));
            }
        });
        server
    }

    fn is(&self, mood: Mood) {
        *self.mood.lock().expect("the mood") = mood;
    }

    fn taken(&self) -> Vec<(String, String)> {
        self.taken.lock().expect("the mails").clone()
    }

    fn tries(&self) -> usize {
        *self.tries.lock().expect("the tries")
    }

    async fn converse(self, stream: tokio::net::TcpStream) {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let (mut to, mut text) = (String::new(), None::<String>);
        if write.write_all(b"220 mail.example ESMTP\r\n").await.is_err() {
            return;
        }
        while let Ok(Some(line)) = lines.next_line().await {
            let mood = *self.mood.lock().expect("the mood");
            if let Some(body) = &mut text {
                if mood == Mood::BreaksOff {
                    return;
                }
                if line != "." {
                    body.push_str(line.strip_prefix('.').unwrap_or(&line));
                    body.push('\n');
                    continue;
                }
                self.taken.lock().expect("the mails").push((to.clone(), text.take().unwrap_or_default()));
                if write.write_all(b"250 taken\r\n").await.is_err() {
                    return;
                }
                continue;
            }
            let word = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
            let answer: &[u8] = match word.as_str() {
                "EHLO" | "HELO" => b"250-mail.example\r\n250 8BITMIME\r\n",
                "MAIL" => {
                    *self.tries.lock().expect("the tries") += 1;
                    b"250 ok\r\n"
                }
                "RCPT" if mood == Mood::Busy => b"451 come again\r\n",
                "RCPT" if mood == Mood::Refuses => b"550 no such mailbox\r\n",
                "RCPT" => {
                    to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                    b"250 ok\r\n"
                }
                "DATA" => {
                    text = Some(String::new());
                    b"354 go on\r\n"
                }
                "QUIT" => b"221 bye\r\n",
                _ => b"250 ok\r\n",
            };
            if write.write_all(answer).await.is_err() || word == "QUIT" {
                return;
            }
        }
    }
}

struct Place {
    _database: Throwaway,
    desk: Desk,
}

impl Place {
    async fn all() -> Vec<Self> {
        let mut places = Vec::new();
        for database in [Some(Throwaway::sqlite()), Throwaway::postgres().await].into_iter().flatten() {
            let desk = database.desk().await;
            places.push(Self { _database: database, desk });
        }
        places
    }

    fn at(&self, moment: DateTime<Utc>) -> Desk {
        Desk::new(self.desk.db().clone(), Clock::fixed(moment), Secret::random().expect("randomness"))
    }

    async fn count(&self, sql: &str) -> i64 {
        Throwaway::count(&self.desk, sql).await
    }
}

/// Puts `many` mails into the outbox as operations do.
async fn write(place: &Place, many: usize) {
    for n in 0..many {
        let to = format!("someone{n}@school.example");
        Throwaway::mail(&place.desk, &to, "Booked: “The Lantern”", "Höhe £5\n.dot\n").await;
    }
}

fn mailer(server: &Server) -> Mailer {
    Mailer::new(&format!("smtp://127.0.0.1:{}", server.port), "Callboard <callboard@council.example>")
        .expect("a mailer")
}

fn message_id(mail: &str) -> String {
    mail.lines().find(|l| l.to_lowercase().starts_with("message-id:")).unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_is_tried_again_until_it_is_taken_and_keeps_its_message_id() {
    for place in Place::all().await {
        let server = Server::start().await;
        write(&place, 1).await;
        let mut now = present();
        for (mood, waits) in [(Mood::Busy, 1), (Mood::BreaksOff, 2), (Mood::Refuses, 4)] {
            server.is(mood);
            mailer(&server).deliver(&place.at(now)).await.expect("the outbox");
            assert_eq!(server.taken().len(), 0, "{mood:?}");
            assert_eq!(place.count("SELECT COUNT(*) FROM outbox WHERE last_error <> '' AND sent_at IS NULL").await, 1);
            let tries = server.tries();
            let early = now + TimeDelta::minutes(waits) - TimeDelta::seconds(1);
            mailer(&server).deliver(&place.at(early)).await.expect("the outbox");
            assert_eq!(server.tries(), tries, "{mood:?}: tried again too soon");
            now += TimeDelta::minutes(waits);
        }
        server.is(Mood::Takes);
        mailer(&server).deliver(&place.at(now)).await.expect("the outbox");
        let taken = server.taken();
        let [(to, mail)] = taken.as_slice() else { panic!("{} mails", taken.len()) };
        assert_eq!(to, "someone0@school.example");
        let id = place.count("SELECT COUNT(*) FROM outbox WHERE sent_at IS NOT NULL AND body = ''").await;
        assert_eq!(id, 1, "its text is not kept");
        assert!(message_id(mail).ends_with("@council.example>"), "{mail}");
        assert!(mail.to_lowercase().contains("content-type: text/plain; charset=utf-8"), "{mail}");
        mailer(&server).deliver(&place.at(now + TimeDelta::hours(1))).await.expect("the outbox");
        assert_eq!(server.taken().len(), 1, "sent once");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_that_was_taken_before_a_crash_is_known_by_its_message_id() {
    for place in Place::all().await {
        let server = Server::start().await;
        write(&place, 1).await;
        mailer(&server).deliver(&place.at(present())).await.expect("the outbox");
        // The sender died before it could note that the mail was taken.
        Throwaway::execute(&place.desk, "UPDATE outbox SET sent_at = NULL, body = 'again'").await;
        mailer(&server).deliver(&place.at(present() + TimeDelta::minutes(6))).await.expect("the outbox");
        let taken = server.taken();
        assert_eq!(taken.len(), 2);
        assert_eq!(message_id(&taken[0].1), message_id(&taken[1].1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_senders_send_each_mail_once() {
    for place in Place::all().await {
        let server = Server::start().await;
        write(&place, 60).await;
        let (one, two) = (mailer(&server), mailer(&server));
        let desk = place.at(present());
        let (a, b) = tokio::join!(one.deliver(&desk), two.deliver(&desk));
        a.expect("the outbox");
        b.expect("the outbox");
        let mut to: Vec<_> = server.taken().into_iter().map(|(to, _)| to).collect();
        to.sort();
        let all = to.len();
        to.dedup();
        assert_eq!((all, to.len()), (60, 60), "some were sent twice, or not at all");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_nobody_takes_is_given_up_and_shown_and_arrives_when_it_is_sent_again() {
    for place in Place::all().await {
        let server = Server::start().await;
        server.is(Mood::Refuses);
        write(&place, 1).await;
        let mut now = present();
        for _ in 0..=outbox::MOST_ATTEMPTS {
            mailer(&server).deliver(&place.at(now)).await.expect("the outbox");
            now += TimeDelta::days(1);
        }
        assert_eq!(i64::try_from(server.tries()).expect("tries"), outbox::MOST_ATTEMPTS);
        let shown = "SELECT COUNT(*) FROM outbox WHERE failed_at IS NOT NULL AND last_error LIKE '%no such mailbox%'";
        assert_eq!(place.count(shown).await, 1, "an administrator sees it, and why");
        server.is(Mood::Takes);
        mailer(&server).deliver(&place.at(now)).await.expect("the outbox");
        assert_eq!(server.taken().len(), 0, "nobody asked for it to be sent again");
        let again = failed_mails::send_again(&place.at(now), &Actor::SYSTEM).await.expect("the outbox");
        mailer(&server).deliver(&place.at(now)).await.expect("the outbox");
        let taken = server.taken();
        assert_eq!((again, taken.len()), (1, 1));
        assert_eq!(taken[0].0, "someone0@school.example");
    }
}
