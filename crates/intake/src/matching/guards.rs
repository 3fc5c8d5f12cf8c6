//! What forbids taking a school without asking, however probable it is.

use super::decide::ALONE;
use super::elsewhere;
use super::lexicon::{self, Class, Level};
use super::reading::Query;
use super::register::Register;
use super::weigh::{Agreement, Weighed};
use super::{placed, words};

/// A mistyped word is not another's when that is so much less likely, in nats.
const SLIPS_APART: f64 = 3.0;
/// A school is not to be thought of when it is so much less likely, in nats.
const NEAR: f64 = 6.0;
/// In the list of the whole country, one is not meant by words that are all of another's when it is so much less likely.
const FAR: f64 = 7.0;
/// In the list of the whole country, so probable is a mistyped name to be taken.
const MISTYPED: f64 = 0.97;
/// So probable is a school whose name says only that it is one, to be taken before one whose name says more.
const CALLED_SO: f64 = 0.994;
/// The same in the list of the whole country.
const CALLED_SO_IN_ENGLAND: f64 = 0.998;
/// So probable is a school that has the name now, to be taken before one that had it; of all England's, it never is.
const HAS_IT_NOW: f64 = 0.98;
/// So probable is a whole name of the whole country's that follows a word that nobody knows.
const LED: f64 = 0.998;
/// So probable is one in its own place with such a word beside it.
const PLACED: f64 = 0.99;
/// Where so many schools of the whole country have all the words and a faith besides, a name without one is asked about.
const MANY: usize = 2;

impl Register {
    /// Whether nothing forbids taking the best school without asking, however probable it is.
    pub(super) fn may_be_taken(&self, query: &Query, first: &Weighed, best: &[Weighed], share: f64) -> bool {
        let facts = &first.facts;
        if facts.left_out > 0 && elsewhere::is_anywhere(self, query) {
            return false;
        }
        if facts.postcode == Agreement::Other || facts.town == Agreement::Other || facts.other_faith {
            return false;
        }
        let name = &self.names[first.name as usize];
        if facts.own_read == 0 && (name.has_own_word(&self.vocabulary) || facts.left_out > 0) {
            return false;
        }
        let plainly = facts.whole || facts.postcode == Agreement::Same;
        if facts.beside > 0 && !plainly && self.only_place_read(query, first) {
            return false;
        }
        if facts.postcode != Agreement::Same && self.is_doubtful(query, first, best, share) {
            return false;
        }
        !self.stands_for_another(query, first, best, share)
    }

    /// Whether the words leave a doubt that only the school's own postcode would settle.
    fn is_doubtful(&self, query: &Query, first: &Weighed, best: &[Weighed], share: f64) -> bool {
        let facts = &first.facts;
        let whole_country = self.is_whole_country();
        let placed = facts.town == Agreement::Same || facts.postcode == Agreement::Near;
        // A short word mistyped may as well be another, unless the list holds every school there is and no other fits.
        let short_slip =
            facts.short_slip && facts.own_read == 1 && !(whole_country && facts.left_out == 0 && share >= ALONE);
        let mistyped = whole_country && facts.slips > 0 && share < MISTYPED;
        // More was typed than such a name explains.
        let beside = facts.beside > 0
            && (facts.own_left_out + facts.slips > 0 || (facts.beside > 1 && facts.telling_left_out > 0));
        let primary = Class::Phase(Level::Primary);
        let phases = query.words(|at| matches!(query.classes[at], Class::Phase(_)) && query.classes[at] != primary);
        let alone =
            placed || (share >= ALONE && facts.telling_left_out == 0 && facts.slips == 0 && phases & !first.read == 0);
        let other_phase = facts.other_level || (whole_country && !alone && facts.added_level && facts.left_out > 0);
        // "Coulsdon CofE", "Redbridge Community": more than the place's name.
        let kind = query.words(|at| matches!(query.classes[at], Class::Faith | Class::Status)) & first.read != 0;
        let told = facts.left_out == 1 && kind && share >= ALONE;
        let bare = !(query.says_school || facts.left_out == 0 || told || (placed && share >= ALONE));
        let vague = facts.own_left_out > 0 || bare;
        (facts.unexplained > 0 && !self.is_stray(query, first, share))
            || short_slip
            || mistyped
            || beside
            || (!query.says_school && self.is_vague(query, first))
            || self.second_school(query, first)
            || self.stands_beside(query, first)
            || self.joined_to_another(query, first)
            || other_phase
            || facts.own_left_out > facts.own_read
            || (whole_country
                && !query.says_school
                && !placed
                && facts.own_left_out > 0
                && facts.own_left_out == facts.own_read)
            || self.says_only_kind(query, first)
            || (vague && self.only_place_read(query, first))
            || self.spelt_as_another(first, best)
            || self.names_another(query, first, best)
            || self.may_be_abroad(query, first)
    }

    /// Whether a text that does not say that it is a school has a few letters that nothing explains ("Lady Royd GP"), or
    /// only such a word of the name as many places have.
    fn is_vague(&self, query: &Query, first: &Weighed) -> bool {
        let school = &self.schools[first.school as usize];
        let own = query.words(|at| query.classes[at] == Class::Own);
        let letters = query.words(|at| {
            let token = &query.tokens[at];
            (2..=3).contains(&token.text.len())
                && query.ids[at].is_none()
                && !placed::is_short_for_town(&token.text, school)
                && at < query.notes_from
                && !token.initials
                && !words::is_numeral(&token.text)
                && !lexicon::is_note(&token.text)
        });
        let letters = letters & own & !(first.read | query.asides | query.trust_words);
        let beside_it = query.words(|at| first.read & query.part(at) != 0);
        let few = query.words(|at| query.tokens[at].text.len() < 3 || lexicon::sets_apart(&query.tokens[at].text));
        let read = first.read & own;
        let placed = first.facts.town != Agreement::Unsaid || first.facts.postcode != Agreement::Unsaid;
        letters & beside_it != 0
            || (!placed && first.facts.telling_left_out > 0 && read.count_ones() == 1 && read & !few == 0)
    }

    /// Whether one word that nothing explains, in the list of the whole country, does not matter: it stands before a whole
    /// name, as a trust's does that nobody has heard of ("Ebor Upton House School"), or beside all of a name in its own
    /// place ("Malvern Way Infant Schole" in Hertfordshire). It must be no club's, and none that sets a name apart.
    fn is_stray(&self, query: &Query, first: &Weighed, share: f64) -> bool {
        let facts = &first.facts;
        if !self.is_whole_country() || !query.says_school || facts.unexplained != 1 || facts.own_left_out > 0 {
            return false;
        }
        let own = query.words(|at| query.classes[at] == Class::Own);
        let left = own & !(first.read | query.asides | query.of_place);
        let matters = query.words(|at| {
            let text = query.tokens[at].text.as_str();
            lexicon::sets_apart(text) || lexicon::is_no_school(text)
        });
        if left & matters != 0 {
            return false;
        }
        let placed = facts.town == Agreement::Same || facts.postcode == Agreement::Near;
        if placed && share >= PLACED {
            return true;
        }
        let Some(begin) = (0..query.tokens.len()).find(|at| query.asides & (1 << at) == 0) else { return false };
        share >= LED
            && (facts.left_out, facts.slips, facts.loose) == (0, 0, 0)
            && (facts.own_read > 1 || placed)
            && left & !query.slipped & (1 << begin) != 0
            && first.read & (1 << (begin + 1)) != 0
            && !query.ids[begin].is_some_and(|id| self.vocabulary.word(id).place)
    }

    /// Whether what was read says only of which kind it is ("Alternative Provision"), or speaks of a nursery, which schools
    /// have and others are ("Busy Bees Day Nursery").
    fn says_only_kind(&self, query: &Query, first: &Weighed) -> bool {
        let facts = &first.facts;
        let own = query.words(|at| query.classes[at] == Class::Own) & first.read;
        let kinds = query.words(|at| lexicon::is_kind(&query.tokens[at].text));
        let nursery = Class::Phase(Level::Nursery);
        let says = |class: &Class| *class == Class::School || (matches!(class, Class::Phase(_)) && *class != nursery);
        let only_nursery = query.classes.contains(&nursery) && !query.classes.iter().any(says);
        let school = &self.schools[first.school as usize];
        (facts.left_out > 0 && own != 0 && own & !kinds == 0)
            || (only_nursery && facts.telling_left_out > 0 && !school.is_nursery())
    }

    /// Whether a part of the text in which nothing of the name stands says that it is a school, or what was read is of the
    /// morning's and something is left for the afternoon.
    fn second_school(&self, query: &Query, first: &Weighed) -> bool {
        let school = &self.schools[first.school as usize];
        let own = query.words(|at| query.classes[at] == Class::Own);
        let phases = query.words(|at| matches!(query.classes[at], Class::Phase(_)));
        let says = phases | query.words(|at| query.classes[at] == Class::School);
        let noted =
            query.words(|at| lexicon::is_note(&query.tokens[at].text) || words::is_numeral(&query.tokens[at].text));
        let its = query.words(|at| {
            query.trust_parts & (1_u64 << u32::from(query.tokens[at].part).min(63)) != 0
                || query.tokens[at].initials
                || query.ids[at].is_some_and(|id| school.places.contains(&id) || school.former.contains(&id))
        });
        let trusts = query.words(|at| lexicon::is_trust(&query.tokens[at].text));
        let unread = own & !(first.read | noted);
        let left = unread & !query.asides;
        let half = |word: &str| query.tokens.iter().find(|token| token.text == word).map(|token| token.part);
        if unread != 0 && half("am").zip(half("pm")).is_some_and(|(am, pm)| pm > am + 1) {
            return true;
        }
        let left = left & !(its | query.trust_words);
        (0..query.tokens.len()).map(|at| query.part(at)).any(|part| {
            let telling = if part & phases == 0 { left & !trusts } else { left };
            part & first.read & own == 0 && part & telling != 0 && part & says != 0
        })
    }

    /// Whether a stroke divides the name from a side of which nothing is read, and that holds a word of other schools'
    /// names: "Chellow Heights / Delius". A place of the school's own is none unless it is called a school there, and neither
    /// is what speaks of its trust.
    fn stands_beside(&self, query: &Query, first: &Weighed) -> bool {
        let Some(last) = query.tokens.last().filter(|last| last.side > 0) else { return false };
        let school = &self.schools[first.school as usize];
        let own = query.words(|at| query.classes[at] == Class::Own);
        let others = query.words(|at| {
            let token = &query.tokens[at];
            let is_of_trust = query.trust_parts & (1_u64 << u32::from(token.part).min(63)) != 0;
            let is_note = lexicon::is_note(&token.text) || words::is_numeral(&token.text);
            token.text.len() > 2
                && !(token.initials || is_note || is_of_trust)
                && query.ids[at].is_some_and(|id| !school.places.contains(&id) && !school.former.contains(&id))
        });
        let others = others & own & !(first.read | query.trust_words);
        let places = own & query.words(|at| query.ids[at].is_some_and(|id| school.places.contains(&id)));
        let says_school = query.words(|at| query.classes[at] == Class::School);
        (0..=last.side).any(|side| {
            let here = query.words(|at| query.tokens[at].side == side);
            let is_called_school = here & places != 0 && here & says_school != 0;
            here & own & first.read == 0 && (here & others != 0 || is_called_school)
        })
    }

    /// Whether "and" joins what was read with a word that nothing explains, a place's too: "Southborough High & Kingston".
    fn joined_to_another(&self, query: &Query, first: &Weighed) -> bool {
        let unread = |at: usize| (first.read | query.asides | query.of_place) & (1 << at) == 0;
        let left = |at: usize| {
            let text = query.tokens[at].text.as_str();
            query.classes[at] == Class::Own
                && unread(at)
                && !query.is_typed_town(at)
                && query.trust_words & (1 << at) == 0
                && query.trust_parts & (1_u64 << u32::from(query.tokens[at].part).min(63)) == 0
                && !(words::is_numeral(text) || lexicon::is_note(text) || text.len() < 3)
        };
        let filler = |at: &usize| matches!(query.classes[*at], Class::Filler | Class::Saint);
        (0..query.tokens.len()).filter(|at| query.tokens[*at].text == "and" && unread(*at)).any(|at| {
            let after = (at + 1..query.tokens.len()).find(|next| !filler(next));
            let before = (0..at).rev().find(|last| !filler(last));
            after
                .zip(before)
                .is_some_and(|(after, before)| left(after) != left(before) && !(unread(after) && unread(before)))
        })
    }

    /// Whether another school has every word that tells which the first is, and the first is not the one whose name was
    /// typed as it is.
    fn stands_for_another(&self, query: &Query, first: &Weighed, best: &[Weighed], share: f64) -> bool {
        let facts = &first.facts;
        let of_kind = query.classes.iter().any(|class| matches!(class, Class::Phase(_) | Class::Faith));
        let says_school = query.classes.contains(&Class::School);
        let name = &self.names[first.name as usize];
        let whole = facts.whole && facts.more == 0 && name.old.is_none();
        let kept =
            query.words(|at| matches!(query.classes[at], Class::Own | Class::Phase(_) | Class::Faith)) & first.read;
        let filler = query.words(|at| query.classes[at] == Class::Filler);
        let fits = |b: &&Weighed| {
            let f = &b.facts;
            b.school != first.school
                && b.read & kept == kept
                && f.slips <= facts.slips
                && (f.slips == 0 || f.tail_left_out || b.words - first.words < SLIPS_APART)
                && f.unexplained + f.beside <= facts.unexplained + facts.beside
                && f.loose <= facts.loose
                && !f.other_phase
                && !f.other_faith
                && f.postcode != Agreement::Other
                && (facts.postcode != Agreement::Same || f.postcode == Agreement::Same)
                && f.town != Agreement::Other
                && (facts.town != Agreement::Same || f.town != Agreement::Unknown)
        };
        let old = |b: &Weighed| self.names[b.name as usize].old.is_some();
        // The same name but for a tail such as ", A Voluntary Academy", which people leave out.
        let core = name.core(&self.vocabulary);
        let telling = |words: &[u32]| -> Vec<u32> {
            words.iter().copied().filter(|id| self.vocabulary.word(*id).class != Class::Filler).collect()
        };
        let told = telling(core);
        // "Alma Primary" is what people call an Alma Primary School.
        let but_school = |words: &[u32]| -> Vec<u32> {
            words.iter().copied().filter(|id| self.vocabulary.word(*id).text != "school").collect()
        };
        let country = self.is_whole_country();
        let called_so = if country { CALLED_SO_IN_ENGLAND } else { CALLED_SO };
        let same = |b: &Weighed| {
            let other = self.names[b.name as usize].core(&self.vocabulary);
            b.facts.more == 0
                && (other == core
                    || (country && !old(b) && (telling(other) == told || but_school(&telling(other)) == told)))
                && !(whole && old(b) && !country && share >= HAS_IT_NOW)
        };
        let near = |b: &Weighed| b.cost - first.cost < NEAR;
        // It reads a word that the first does not, or one as it stands that the first has another way.
        let explains_more =
            |b: &Weighed| b.read & !first.read & !filler != 0 || (facts.left_out > 0 && b.facts.loose < facts.loose);
        let only_place = facts.left_out > 0 && says_school && !of_kind && self.only_place_read(query, first);
        // "Whitehall School" is what people call a Whitehall Primary School too, where it is the only one.
        let so_called =
            |b: &&Weighed| b.school != first.school && b.read & first.read == first.read && b.facts.has_all_own();
        let several = best.iter().take(30).filter(so_called).count() > 1;
        // "St James Primary School" is one's whole name, and what people call a St James' Church of England Primary School.
        let with_faith = |b: &&Weighed| so_called(b) && fits(b) && b.facts.telling_left_out > 0 && !old(b);
        let placed = facts.town == Agreement::Same || matches!(facts.postcode, Agreement::Near | Agreement::Same);
        if country && !placed && of_kind && best.iter().take(30).filter(with_faith).count() >= MANY {
            return true;
        }
        let area = |at: &Weighed| self.schools[at.school as usize].postcode.as_ref().map(|postcode| postcode.area());
        let elsewhere = |b: &Weighed| area(b).is_none() || area(b) != area(first);
        best.iter().take(60).filter(fits).any(|b| {
            let f = &b.facts;
            if same(b) || (near(b) && (explains_more(b) || only_place)) {
                return true;
            }
            if facts.left_out == 0 && facts.more == 0 && name.old.is_none() {
                // "The Park Academy" is not what people call a Park Primary School.
                let has_all = b.read & first.read == first.read;
                let of_other_kind = !of_kind && has_all && f.telling_left_out > 0 && f.has_all_own() && !old(b);
                if of_other_kind && (share < called_so || (several && elsewhere(b))) {
                    return true;
                }
                // "Rodborough" is a school's whole name, and what people call a Rodborough Primary School.
                let left_school = country && !says_school && !of_kind && has_all && f.has_all_own() && !old(b);
                if left_school {
                    return true;
                }
                if whole {
                    return false;
                }
            }
            if says_school {
                return near(b) && (facts.telling_left_out > 0 || (facts.left_out > 0 && !of_kind && f.has_all_own()))
                    || (f.telling_left_out == 0 && (name.old.is_some() || !old(b)));
            }
            let far = country && of_kind && facts.telling_left_out == 0 && b.cost - first.cost > FAR;
            facts.left_out > 0 && !far && (f.more <= facts.more || (facts.telling_left_out > 0 && near(b)))
        })
    }

    /// Whether words that the first school leaves over name another: two schools in one cell.
    fn names_another(&self, query: &Query, first: &Weighed, best: &[Weighed]) -> bool {
        let own = query.words(|at| query.classes[at] == Class::Own);
        let left = query.words(|at| {
            query.trust_parts & (1_u64 << u32::from(query.tokens[at].part).min(63)) == 0
                && !query.tokens[at].initials
                && !lexicon::is_trust(&query.tokens[at].text)
        }) & !(first.read | query.trust_words | query.asides | query.of_place);
        let former = &self.schools[first.school as usize].former;
        let left = left & !query.words(|at| query.ids[at].is_some_and(|id| former.contains(&id)));
        if left & own == 0 {
            return false;
        }
        let initials = query.words(|at| query.tokens[at].text.len() == 1);
        let places = query.words(|at| query.ids[at].is_some_and(|id| self.vocabulary.word(id).place));
        let notes = query.words(|at| lexicon::is_note(&query.tokens[at].text));
        let phases = query.words(|at| matches!(query.classes[at], Class::Phase(_)));
        best.iter().any(|b| {
            let telling = b.read & own;
            let here = telling & left & !initials;
            // A place or a note is another school's name only with a word that is neither, or with its phase.
            let told = here & !places & !notes != 0
                || (here.count_ones() > 1 && here & !places != 0)
                || (here != 0 && b.read & left & phases != 0);
            // One word is not that of a school in another place than the one that is said.
            let other_place = b.facts.town == Agreement::Other || b.facts.postcode == Agreement::Other;
            b.school != first.school
                && told
                && !(other_place && here.count_ones() == 1)
                && telling & first.read == 0
                && b.facts.own_left_out == 0
                && b.facts.slips == 0
                && (telling.count_ones() > 1 || self.names[b.name as usize].old.is_none())
        })
    }

    /// Whether a word that is read as mistyped is spelt as another school's is.
    fn spelt_as_another(&self, first: &Weighed, best: &[Weighed]) -> bool {
        let facts = &first.facts;
        facts.slips > 0
            && best.iter().take(60).any(|b| {
                let f = &b.facts;
                b.school != first.school
                    && b.read & first.read == first.read
                    && f.slips < facts.slips
                    && f.own_left_out == 0
                    && f.postcode != Agreement::Other
                    && f.town != Agreement::Other
            })
    }

    /// Whether every telling word that was read is a place's.
    fn only_place_read(&self, query: &Query, first: &Weighed) -> bool {
        let read = query.words(|at| query.classes[at] == Class::Own) & first.read;
        let places = query.words(|at| query.ids[at].is_some_and(|id| self.vocabulary.word(id).place));
        if self.is_whole_country() && read.count_ones() > 1 {
            // Of all England's places one has each of the words of "Sandy Hill", and none is called so.
            let texts: Vec<&str> =
                (0..query.tokens.len()).filter(|at| read & 1 << at != 0).map(|at| &*query.tokens[at].text).collect();
            return read & !places == 0 && self.gazetteer.outwards_of(&texts.join(" ")).is_some();
        }
        read != 0 && read & !places == 0
    }
}
