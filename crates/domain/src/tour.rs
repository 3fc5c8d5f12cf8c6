//! Tours: a programme, a provider's teams and an academic year.

use crate::term::terms;

terms! {
    /// What a school pays for a visit.
    pub enum Price {
        Free = "free", "Free";
        Subsidised = "subsidised", "Subsidised";
        Charged = "charged", "Charged";
    }
}

terms! {
    /// What a provider is.
    pub enum ProviderKind {
        Theatre = "theatre", "Theatre company";
        Police = "police", "Police unit";
        Charity = "charity", "Charity";
        Other = "other", "Other provider";
    }
}

terms! {
    /// How somebody asked for a booking that another person wrote down.
    pub enum AskedBy {
        Telephone = "telephone", "By telephone";
        Email = "email", "By email";
        Letter = "letter", "By letter";
        InPerson = "in_person", "In person";
    }
}
