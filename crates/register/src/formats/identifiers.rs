//! Which kind of identifier a label means, in the words of the lists.

use comity_model::listing::IdentifierKind as Kind;

/// Words in a label, and the kind they mean; the first that fits counts.
const WORDS: &[(&str, Kind)] = &[
    ("passport", Kind::Passport),
    ("passeport", Kind::Passport),
    ("pasaporte", Kind::Passport),
    ("travel document", Kind::Passport),
    ("swift", Kind::Bic),
    ("mmsi", Kind::Mmsi),
    ("imo number", Kind::Imo),
    ("isin", Kind::Isin),
    ("d-u-n-s", Kind::Duns),
    ("digital currency address", Kind::Wallet),
    ("website", Kind::Website),
    ("email", Kind::Email),
    ("phone", Kind::Phone),
    ("fax", Kind::Phone),
    ("aircraft tail number", Kind::TailNumber),
    ("serial number", Kind::SerialNumber),
    ("aircraft construction number", Kind::SerialNumber),
    ("tax id", Kind::TaxId),
    ("fiscal code", Kind::TaxId),
    ("v.a.t.", Kind::TaxId),
    ("r.f.c.", Kind::TaxId),
    ("rfc", Kind::TaxId),
    ("ruc", Kind::TaxId),
    ("rif", Kind::TaxId),
    ("rtn", Kind::TaxId),
    ("nit", Kind::TaxId),
    ("fein", Kind::TaxId),
    ("c.u.i.t.", Kind::TaxId),
    ("c.i.f.", Kind::TaxId),
    ("registration", Kind::Registration),
    ("registry number", Kind::Registration),
    ("company number", Kind::Registration),
    ("legal entity number", Kind::Registration),
    ("unified social credit", Kind::Registration),
    ("chamber of commerce", Kind::Registration),
    ("certificate of incorporation", Kind::Registration),
    ("folio mercantil", Kind::Registration),
    ("matricula mercantil", Kind::Registration),
    ("trade license", Kind::Registration),
    ("c.r. no.", Kind::Registration),
    ("registered charity", Kind::Registration),
    ("national id", Kind::NationalId),
    ("national no", Kind::NationalId),
    ("national number", Kind::NationalId),
    ("identification", Kind::NationalId),
    ("identity", Kind::NationalId),
    ("identidad", Kind::NationalId),
    ("id card", Kind::NationalId),
    ("national foreign id", Kind::NationalId),
    ("cedula", Kind::NationalId),
    ("c.u.r.p.", Kind::NationalId),
    ("d.n.i.", Kind::NationalId),
    ("i.f.e.", Kind::NationalId),
    ("ssn", Kind::NationalId),
    ("social security", Kind::NationalId),
    ("electoral registry", Kind::NationalId),
    ("credencial electoral", Kind::NationalId),
    ("citizen's card", Kind::NationalId),
    ("birth certificate", Kind::NationalId),
    ("residency number", Kind::NationalId),
    ("driver's license", Kind::NationalId),
    ("ration card", Kind::NationalId),
];

/// The kind that a label means; [`Kind::Other`] if none of the known words stands in it.
pub(crate) fn kind_of(label: &str) -> Kind {
    let label = label.to_lowercase();
    // A word counts where it begins a word: `nit` is not found in `unit`.
    let mut best = WORDS.len();
    let mut before = ' ';
    for (at, c) in label.char_indices() {
        if !before.is_alphanumeric() {
            let rest = label.get(at..).unwrap_or_default();
            let first = rest.as_bytes().first();
            let fits = |(word, _): &(&str, Kind)| word.as_bytes().first() == first && rest.starts_with(word);
            let found = WORDS.get(..best).and_then(|words| words.iter().position(fits));
            best = found.unwrap_or(best);
        }
        before = c;
    }
    WORDS.get(best).map_or(Kind::Other, |(_, kind)| *kind)
}

/// The seven digits that follow each mention of IMO within a few words, where a free text gives them.
pub(crate) fn imo_numbers(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, word) in text.match_indices("IMO") {
        let after = text.get(at + word.len()..).unwrap_or_default();
        let near: String = after.chars().take(32).collect();
        let Some(start) = near.find(|c: char| c.is_ascii_digit()) else { continue };
        let digits: String =
            near.get(start..).unwrap_or_default().chars().take_while(char::is_ascii_digit).collect();
        if digits.len() == 7 && !found.contains(&digits) {
            found.push(digits);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_name_their_kind() {
        for (label, kind) in [
            ("Passport", Kind::Passport),
            ("Numéro de passeport", Kind::Passport),
            ("National Identification Number", Kind::NationalId),
            ("NIT #", Kind::TaxId),
            ("Branch Unit Number", Kind::Other),
            ("Tax ID No.", Kind::TaxId),
            ("Business Registration Number", Kind::Registration),
            ("SWIFT/BIC", Kind::Bic),
            ("Phone Number", Kind::Phone),
        ] {
            assert_eq!(kind_of(label), kind, "{label}");
        }
    }

    #[test]
    fn imo_numbers_are_taken_from_free_text() {
        let text =
            "Organization (IMO) Number: 9990011. Ship EXAMPLE STAR (IMO: 9990023), IMO 12, IMO 99900111";
        assert_eq!(imo_numbers(text), ["9990011", "9990023"]);
    }
}
