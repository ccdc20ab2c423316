//! What changed between two editions of a list, field by field.
//!
//! Two entries are the same if the values of their source are: sorted by field, blanks collapsed, empty ones left out. The order of elements and white space
//! never count as a change, nor do the numbers that a publisher gives to the rows of an entry (fields named `*_num`), which it gives anew.

use std::collections::{BTreeMap, BTreeSet};

use comity_model::edition::{EditionFault, EditionView};
use comity_model::listing::{Listing, ListingId, same_party_key};

use crate::formats::collapsed;

/// One field that differs: a value that is gone, one that came, or one that took the place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// The field (column, or element path below the entry).
    pub field: String,
    /// The value before; none: the field has one value more.
    pub from: Option<String>,
    /// The value after; none: the field has one value fewer.
    pub to: Option<String>,
}

/// An entry of both editions that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedEntry {
    /// The entry, by its id in the later edition.
    pub id: ListingId,
    /// What differs, by field.
    pub fields: Vec<FieldChange>,
}

/// What changed between two editions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Entries of the later edition only.
    pub added: Vec<ListingId>,
    /// Entries of the earlier edition only.
    pub removed: Vec<ListingId>,
    /// Entries of both that differ.
    pub changed: Vec<ChangedEntry>,
    /// How many entries of both are the same.
    pub unchanged: usize,
}

/// Compares two editions of a list.
///
/// # Errors
/// When one of them is damaged.
pub fn difference(before: &EditionView<'_>, after: &EditionView<'_>) -> Result<Difference, EditionFault> {
    let mut difference = Difference::default();
    let mut kept = BTreeSet::new();
    for index in after.indexes() {
        let now = after.listing(index)?;
        match before.by_native_id(&now.id.native)? {
            None => difference.added.push(now.id),
            Some(old) => {
                kept.insert(same_party_key(&now.id.native));
                let fields = fields(&before.listing(old)?, &now);
                if fields.is_empty() {
                    difference.unchanged += 1;
                } else {
                    difference.changed.push(ChangedEntry { id: now.id, fields });
                }
            }
        }
    }
    for index in before.indexes() {
        let native = before.native_id(index)?;
        if !kept.contains(&same_party_key(native)) {
            difference.removed.push(before.listing(index)?.id);
        }
    }
    for ids in [&mut difference.added, &mut difference.removed] {
        ids.sort();
    }
    difference.changed.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(difference)
}

/// The values of the source by field, sorted, blanks collapsed, empty ones left out.
fn leaves(listing: &Listing) -> BTreeMap<&str, Vec<String>> {
    let mut leaves: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for value in listing.source.iter().filter(|v| !v.key.ends_with("_num")) {
        let text = collapsed(&value.value);
        if !text.is_empty() {
            leaves.entry(&value.key).or_default().push(text);
        }
    }
    leaves.values_mut().for_each(|values| values.sort());
    leaves
}

fn fields(before: &Listing, after: &Listing) -> Vec<FieldChange> {
    let (before, after) = (leaves(before), leaves(after));
    let mut found = Vec::new();
    let keys: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    for key in keys {
        let none = Vec::new();
        let (old, new) = (before.get(key).unwrap_or(&none), after.get(key).unwrap_or(&none));
        let (mut gone, mut came) = (minus(old, new).into_iter(), minus(new, old).into_iter());
        loop {
            let (from, to) = (gone.next(), came.next());
            if from.is_none() && to.is_none() {
                break;
            }
            found.push(FieldChange { field: key.to_owned(), from, to });
        }
    }
    found
}

/// What the first holds more often than the second; both are sorted.
fn minus(from: &[String], take: &[String]) -> Vec<String> {
    let mut take = take.iter().peekable();
    let mut left = Vec::new();
    for value in from {
        while take.next_if(|t| *t < value).is_some() {}
        if take.next_if_eq(&value).is_none() {
            left.push(value.clone());
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use comity_model::listing::{PartyKind, SourceValue};

    use super::*;

    fn listing(values: &[(&str, &str)]) -> Listing {
        let mut listing = Listing::new("own/test/1".parse().unwrap(), PartyKind::Unknown);
        let value = |(key, value): &(&str, &str)| SourceValue { key: (*key).into(), value: (*value).into() };
        listing.source = values.iter().map(value).collect();
        listing
    }

    #[test]
    fn order_and_blanks_are_no_change() {
        let before = listing(&[("NAME", "Example  Ridge"), ("ALIAS", "b"), ("ALIAS", "a"), ("NOTE", "")]);
        let after = listing(&[("ALIAS", "a"), ("ALIAS", "b"), ("NAME", " Example\n Ridge ")]);
        assert_eq!(fields(&before, &after), []);
    }

    #[test]
    fn the_number_of_a_row_is_no_change() {
        let before = listing(&[("alt_num", "91"), ("alt_name", "Ridge"), ("number", "1")]);
        let after = listing(&[("alt_num", "107"), ("alt_name", "Ridge"), ("number", "2")]);
        let found = fields(&before, &after);
        assert_eq!(found.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["number"]);
    }

    #[test]
    fn values_that_repeat_are_counted() {
        let before = listing(&[("A", "x"), ("A", "x"), ("A", "y")]);
        let after = listing(&[("A", "x"), ("A", "z"), ("B", "new")]);
        let change = |field: &str, from: Option<&str>, to: Option<&str>| FieldChange {
            field: field.into(),
            from: from.map(str::to_owned),
            to: to.map(str::to_owned),
        };
        assert_eq!(
            fields(&before, &after),
            [change("A", Some("x"), Some("z")), change("A", Some("y"), None), change("B", None, Some("new"))]
        );
    }
}
