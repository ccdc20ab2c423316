//! Groups of States and territories with their members, and names in use for several places.

use std::collections::{BTreeMap, BTreeSet};

use comity_model::StateCode;
use comity_model::standing::{Group, GroupKind, SharedName, fold};

use super::read::set;
use super::{GROUP_MEMBERS, GROUPS, Load, SHARED_NAMES, STATES};

impl Load<'_> {
    /// Names that mean several places.
    pub(super) fn read_shared_names(&mut self) {
        let mut names: BTreeMap<String, Vec<StateCode>> = BTreeMap::new();
        for row in self.table(SHARED_NAMES, &["name", "codes"]) {
            let key = fold(row.get(0));
            let cell = set(row.get(1));
            let mut codes: Vec<StateCode> =
                cell.iter().filter_map(|c| self.place(SHARED_NAMES, row.line, c)).collect();
            codes.sort();
            codes.dedup();
            if key.is_empty() || codes.len() < 2 {
                self.fault(
                    SHARED_NAMES,
                    row.line,
                    format!("`{}` with {} codes", row.get(0), codes.len()),
                    "a name and the codes of two places or more",
                    "complete the line; a name of one place belongs to its aliases",
                );
                continue;
            }
            if let Some(outside) = self.states.named(&key).iter().find(|n| !codes.contains(&n.code)) {
                let found = format!("`{}`, which is also a name of {}", row.get(0), outside.code);
                self.fault(SHARED_NAMES, row.line, found, "all places of that name", "add the code");
                continue;
            }
            if names.insert(key, codes).is_some() {
                self.fault(
                    SHARED_NAMES,
                    row.line,
                    format!("`{}` a second time", row.get(0)),
                    "one line a name",
                    "remove one of the two lines",
                );
            }
        }
        self.states.shared_names = names.into_iter().map(|(key, codes)| SharedName { key, codes }).collect();
    }

    /// Groups and their members. A place is in one group at most of each kind but the categories.
    pub(super) fn read_groups(&mut self) {
        let mut groups: BTreeMap<(GroupKind, String), (Group, Option<usize>, usize)> = BTreeMap::new();
        for row in self.table(GROUPS, &["id", "kind", "title", "within", "source", "as_of", "members"]) {
            let (line, id) = (row.line, row.get(0));
            let kind = self.parse::<GroupKind>(GROUPS, line, row.get(1), "correct the word");
            let source = self.source(GROUPS, line, row.get(4));
            let as_of = self.date(GROUPS, line, "as_of", row.get(5));
            let members = Some(row.get(6)).filter(|m| !m.is_empty()).map(str::parse::<usize>);
            let (Some(kind), Some(source), Some(as_of)) = (kind, source, as_of) else { continue };
            if id.is_empty() || row.get(2).is_empty() {
                self.fault(GROUPS, line, "an empty id or title", "both", "complete the line");
                continue;
            }
            let counted = match members {
                None if kind == GroupKind::Regional => None,
                Some(Ok(n)) if kind != GroupKind::Regional => Some(n),
                _ => {
                    self.fault(
                        GROUPS,
                        line,
                        format!("`{}` as members", row.get(6)),
                        "their number; for the kind `regional` nothing",
                        "correct the number",
                    );
                    continue;
                }
            };
            let group = Group {
                id: id.to_owned(),
                kind,
                title: row.get(2).to_owned(),
                within: row.get(3).to_owned(),
                source,
                as_of,
                members: Vec::new(),
            };
            if groups.insert((kind, id.to_owned()), (group, counted, line)).is_some() {
                self.fault(
                    GROUPS,
                    line,
                    format!("group `{id}` a second time"),
                    "one line a group",
                    "remove one of the two lines",
                );
            }
        }
        self.read_members(&mut groups);
        self.take_un_groups(&mut groups);
        for (group, counted, line) in groups.values() {
            let seen = group.members.len();
            if counted.is_some_and(|n| n != seen) {
                let found = format!("members = {}, where group-members.csv has {seen}", counted.unwrap_or(0));
                self.fault(
                    GROUPS,
                    *line,
                    found,
                    "the same number",
                    "if a line was lost, restore it; if a member came or went, change the number",
                );
            }
            let parent = (GroupKind::Region, group.within.clone());
            if !group.within.is_empty() && !groups.contains_key(&parent) {
                let found = format!("within `{}`", group.within);
                self.fault(GROUPS, *line, found, "the id of a region", "correct the id");
            }
        }
        self.states.groups = groups.into_values().map(|(group, ..)| group).collect();
        self.check_one_each();
    }

    fn read_members(&mut self, groups: &mut BTreeMap<(GroupKind, String), (Group, Option<usize>, usize)>) {
        for row in self.table(GROUP_MEMBERS, &["group", "code"]) {
            let Some(code) = self.place(GROUP_MEMBERS, row.line, row.get(1)) else { continue };
            let group = groups
                .values_mut()
                .map(|(g, ..)| g)
                .find(|g| g.id == row.get(0) && g.kind != GroupKind::Regional);
            let Some(group) = group else {
                self.fault(
                    GROUP_MEMBERS,
                    row.line,
                    format!("group `{}`", row.get(0)),
                    "an id of groups.csv",
                    "correct the id",
                );
                continue;
            };
            match group.members.binary_search(&code) {
                Ok(_) => self.fault(
                    GROUP_MEMBERS,
                    row.line,
                    format!("{code} in `{}` a second time", row.get(0)),
                    "each member once",
                    "remove one of the two lines",
                ),
                Err(at) => group.members.insert(at, code),
            }
        }
    }

    /// The regional groups of the United Nations stand with the States.
    fn take_un_groups(&mut self, groups: &mut BTreeMap<(GroupKind, String), (Group, Option<usize>, usize)>) {
        let named: Vec<(StateCode, String)> = self
            .states
            .states
            .iter()
            .filter(|s| !s.group.is_empty())
            .map(|s| (s.code, s.group.clone()))
            .collect();
        for (code, id) in named {
            match groups.get_mut(&(GroupKind::Regional, id.clone())) {
                Some((group, ..)) => group.members.push(code),
                None => {
                    let line = self.lines.get(&code).copied().unwrap_or(0);
                    self.fault(
                        STATES,
                        line,
                        format!("group `{id}` of {code}"),
                        "an id of groups.csv of the kind `regional`",
                        "correct the id, or add the group",
                    );
                }
            }
        }
    }

    fn check_one_each(&mut self) {
        let mut seen: BTreeSet<(GroupKind, StateCode)> = BTreeSet::new();
        let mut twice = Vec::new();
        for group in self.states.groups.iter().filter(|g| g.kind != GroupKind::Category) {
            for code in &group.members {
                if !seen.insert((group.kind, *code)) {
                    twice.push((*code, group.id.clone(), group.kind));
                }
            }
        }
        for (code, id, kind) in twice {
            self.fault(
                GROUP_MEMBERS,
                0,
                format!("{code} in `{id}` and in another {kind}"),
                "one group of a kind for a place",
                "remove it from one of the two",
            );
        }
    }
}
