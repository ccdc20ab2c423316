//! An invented list in the advanced form, of any size, true to the schema: every kind of party, feature and link. It serves tests, benchmarks and the measure of memory.

use std::io::{self, Write};

/// The namespace since 2024.
const NAMESPACE: &str =
    "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/ADVANCED_XML";

/// Reference sets: the set, the name of its values, and each value with id and further attributes.
type Set = (&'static str, &'static str, &'static [(u32, &'static str, &'static str)]);
const SETS: &[Set] = &[
    (
        "AliasTypeValues",
        "AliasType",
        &[(1400, "", "A.K.A."), (1401, "", "F.K.A."), (1402, "", "N.K.A."), (1403, "", "Name")],
    ),
    ("AreaCodeValues", "AreaCode", &[(77, " CountryID=\"901\" AreaCodeTypeID=\"1\"", "XA")]),
    ("CalendarTypeValues", "CalendarType", &[(1, "", "Gregorian"), (2, "", "Invented")]),
    ("CountryValues", "Country", &[(901, " ISO2=\"XA\"", "Exampleland"), (902, " ISO2=\"XB\"", "Otherland")]),
    (
        "DetailReferenceValues",
        "DetailReference",
        &[(91526, "", "Male"), (91527, "", "Female"), (91600, "", "General Cargo")],
    ),
    (
        "DetailTypeValues",
        "DetailType",
        &[(1430, "", "DATE"), (1431, "", "LOOKUP"), (1432, "", "TEXT"), (1433, "", "COUNTRY")],
    ),
    ("EntryEventTypeValues", "EntryEventType", &[(1, "", "Created"), (2, "", "Amended"), (3, "", "Removed")]),
    ("ExRefTypeValues", "ExRefType", &[(1, "", "Notice")]),
    (
        "FeatureTypeValues",
        "FeatureType",
        &[
            (1, " FeatureTypeGroupID=\"1\"", "Vessel Call Sign"),
            (2, " FeatureTypeGroupID=\"1\"", "VESSEL TYPE"),
            (3, " FeatureTypeGroupID=\"1\"", "Vessel Flag"),
            (4, " FeatureTypeGroupID=\"1\"", "Vessel Owner"),
            (5, " FeatureTypeGroupID=\"1\"", "Vessel Tonnage"),
            (6, " FeatureTypeGroupID=\"1\"", "Vessel Gross Registered Tonnage"),
            (8, " FeatureTypeGroupID=\"1\"", "Birthdate"),
            (9, " FeatureTypeGroupID=\"1\"", "Place of Birth"),
            (10, " FeatureTypeGroupID=\"1\"", "Nationality Country"),
            (11, " FeatureTypeGroupID=\"1\"", "Citizenship Country"),
            (14, " FeatureTypeGroupID=\"1\"", "Website"),
            (25, " FeatureTypeGroupID=\"1\"", "Location"),
            (26, " FeatureTypeGroupID=\"1\"", "Title"),
            (125, " FeatureTypeGroupID=\"1\"", "Secondary sanctions risk:"),
            (224, " FeatureTypeGroupID=\"1\"", "Gender"),
            (300, " FeatureTypeGroupID=\"1\"", "Organization Established Date"),
            (301, " FeatureTypeGroupID=\"1\"", "Effective Date (EO 99901 Directive 2):"),
            (302, " FeatureTypeGroupID=\"1\"", "Political leaning"),
        ],
    ),
    (
        "IDRegDocDateTypeValues",
        "IDRegDocDateType",
        &[(1480, "", "Issue Date"), (1481, "", "Expiration Date")],
    ),
    (
        "IDRegDocTypeValues",
        "IDRegDocType",
        &[(1571, "", "Passport"), (1596, "", "Tax ID No."), (1626, "", "Vessel Registration Identification")],
    ),
    (
        "LegalBasisValues",
        "LegalBasis",
        &[
            (1, " LegalBasisShortRef=\"Unknown\" LegalBasisTypeID=\"1\" SanctionsProgramID=\"1\"", "Unknown"),
            (
                2,
                " LegalBasisShortRef=\"E.O. 99901\" LegalBasisTypeID=\"1\" SanctionsProgramID=\"2\"",
                "Executive Order 99901 (Invented)",
            ),
        ],
    ),
    ("ListValues", "List", &[(1550, "", "SDN List"), (1551, "", "Sectoral List")]),
    (
        "LocPartTypeValues",
        "LocPartType",
        &[
            (1451, "", "ADDRESS1"),
            (1452, "", "ADDRESS2"),
            (1453, "", "ADDRESS3"),
            (1454, "", "CITY"),
            (1455, "", "STATE/PROVINCE"),
            (1456, "", "POSTAL CODE"),
            (1457, "", "REGION"),
        ],
    ),
    (
        "NamePartTypeValues",
        "NamePartType",
        &[
            (1520, "", "Last Name"),
            (1521, "", "First Name"),
            (1522, "", "Middle Name"),
            (1524, "", "Aircraft Name"),
            (1525, "", "Entity Name"),
            (1526, "", "Vessel Name"),
            (91708, "", "Patronymic"),
            (91709, "", "Matronymic"),
        ],
    ),
    (
        "PartySubTypeValues",
        "PartySubType",
        &[
            (1, " PartyTypeID=\"4\"", "Vessel"),
            (2, " PartyTypeID=\"4\"", "Aircraft"),
            (3, " PartyTypeID=\"2\"", "Unknown"),
            (4, " PartyTypeID=\"1\"", "Unknown"),
        ],
    ),
    ("PartyTypeValues", "PartyType", &[(1, "", "Individual"), (2, "", "Entity"), (4, "", "Transport")]),
    (
        "RelationTypeValues",
        "RelationType",
        &[
            (15003, " Symmetrical=\"false\"", "Owned or Controlled By"),
            (1555, " Symmetrical=\"true\"", "Associate Of"),
        ],
    ),
    (
        "SanctionsProgramValues",
        "SanctionsProgram",
        &[
            (1, " SubsidiaryBodyID=\"1\"", "Unknown"),
            (2, " SubsidiaryBodyID=\"1\"", "ALPHA-EO99901"),
            (3, " SubsidiaryBodyID=\"1\"", "GAMMA"),
        ],
    ),
    ("SanctionsTypeValues", "SanctionsType", &[(1, "", "Program"), (1705, "", "Block")]),
    (
        "ScriptValues",
        "Script",
        &[
            (215, " ScriptCode=\"Latn\"", "Latin"),
            (220, " ScriptCode=\"Cyrl\"", "Cyrillic"),
            (160, " ScriptCode=\"Arab\"", "Arabic"),
            (500, " ScriptCode=\"Hans\"", "Chinese Simplified"),
        ],
    ),
    ("SupInfoTypeValues", "SupInfoType", &[(1, "", "Text")]),
    ("ValidityValues", "Validity", &[(1, "", "Valid"), (2, "", "Fraudulent")]),
];

/// The kinds of parties, one after the other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Person,
    Entity,
    Vessel,
    Aircraft,
}

fn kind(n: usize) -> Kind {
    [Kind::Person, Kind::Entity, Kind::Vessel, Kind::Person, Kind::Entity, Kind::Aircraft][n % 6]
}

/// An invented word, the same for the same number.
fn word(mut n: usize) -> String {
    const SYLLABLES: [&str; 16] = [
        "ra", "mo", "ti", "ken", "sul", "vor", "na", "pel", "dri", "gos", "lam", "ux", "bei", "fan", "hol",
        "zet",
    ];
    let mut word = String::new();
    for _ in 0..4 {
        word.push_str(SYLLABLES[n % 16]);
        n = n / 16 + n * 7 + 3;
    }
    word[..1].to_uppercase() + &word[1..]
}

/// The number of the first party.
pub const FIRST: usize = 990_001;

/// Writes a list of so many parties. Each number may be followed back: party N has the profile, identity and entry N. With `rich` parties have about as many names and
/// features as those of the largest real list.
pub fn write(out: &mut dyn Write, parties: usize, rich: bool) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>")?;
    writeln!(
        out,
        "<Sanctions xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" Version=\"1\" xmlns=\"{NAMESPACE}\">"
    )?;
    writeln!(
        out,
        "  <DateOfIssue CalendarTypeID=\"1\">\n    <Year>2026</Year>\n    <Month>1</Month>\n    <Day>15</Day>\n  </DateOfIssue>"
    )?;
    writeln!(out, "  <ReferenceValueSets>")?;
    for (set, name, values) in SETS {
        writeln!(out, "    <{set}>")?;
        for (id, attributes, text) in *values {
            writeln!(out, "      <{name} ID=\"{id}\"{attributes}>{text}</{name}>")?;
        }
        writeln!(out, "    </{set}>")?;
    }
    writeln!(out, "  </ReferenceValueSets>\n  <Locations>")?;
    // Two that are only States, then one address a party.
    for (id, country) in [(1, 901), (2, 902)] {
        writeln!(
            out,
            "    <Location ID=\"{id}\">\n      <LocationAreaCode AreaCodeID=\"77\"/>\n      <LocationCountry CountryID=\"{country}\" CountryRelevanceID=\"1\"/>\n    </Location>"
        )?;
    }
    for n in 0..parties {
        writeln!(
            out,
            "    <Location ID=\"{}\">\n      <LocationCountry CountryID=\"901\" CountryRelevanceID=\"1\"/>",
            FIRST + n
        )?;
        for (part, text) in [
            (1451, format!("{} {} Street", n + 1, word(n + 5))),
            (1454, "Sampletown".into()),
            (1456, format!("{:05}", n % 99_999)),
        ] {
            writeln!(
                out,
                "      <LocationPart LocPartTypeID=\"{part}\">\n        <LocationPartValue Primary=\"true\" LocPartValueTypeID=\"1\" LocPartValueStatusID=\"1\">\n          \
                 <Value>{text}</Value>\n        </LocationPartValue>\n      </LocationPart>"
            )?;
        }
        writeln!(out, "    </Location>")?;
    }
    writeln!(out, "  </Locations>\n  <IDRegDocuments>")?;
    for n in 0..parties {
        let id = FIRST + n;
        let (kind, number) = match kind(n) {
            Kind::Person => (1571, format!("X{id:07}")),
            Kind::Entity => (1596, format!("99-{id}")),
            Kind::Vessel => (1626, format!("IMO 9{:06}", n % 1_000_000)),
            Kind::Aircraft => continue,
        };
        writeln!(
            out,
            "    <IDRegDocument ID=\"{id}\" IDRegDocTypeID=\"{kind}\" IdentityID=\"{id}\" IssuedBy-CountryID=\"901\" ValidityID=\"1\">\n      <Comment/>\n      \
             <IDRegistrationNo>{number}</IDRegistrationNo>"
        )?;
        if kind == 1571 {
            writeln!(out, "      <DocumentDate IDRegDocDateTypeID=\"1480\">")?;
            period(out, (2001, 10, 1), (2001, 10, 1), false)?;
            writeln!(out, "      </DocumentDate>")?;
        }
        writeln!(out, "      <DocumentedNameReference DocumentedNameID=\"{id}\"/>\n    </IDRegDocument>")?;
    }
    writeln!(out, "  </IDRegDocuments>\n  <DistinctParties>")?;
    for n in 0..parties {
        party(out, n, rich)?;
    }
    writeln!(out, "  </DistinctParties>\n  <ProfileRelationships>")?;
    for n in 1..parties {
        let former = n % 5 == 0;
        writeln!(
            out,
            "    <ProfileRelationship ID=\"{n}\" From-ProfileID=\"{}\" To-ProfileID=\"{}\" RelationTypeID=\"15003\" RelationQualityID=\"1\" Former=\"{former}\" SanctionsEntryID=\"{}\"/>",
            FIRST + n,
            FIRST + n - 1,
            FIRST + n
        )?;
    }
    writeln!(out, "  </ProfileRelationships>\n  <SanctionsEntries>")?;
    for n in 0..parties {
        entry(out, n)?;
    }
    writeln!(out, "  </SanctionsEntries>\n  <SanctionsEntryLinks/>\n</Sanctions>")
}

type Date = (u16, u8, u8);

fn period(out: &mut dyn Write, first: Date, last: Date, about: bool) -> io::Result<()> {
    writeln!(
        out,
        "            <DatePeriod CalendarTypeID=\"1\" YearFixed=\"false\" MonthFixed=\"false\" DayFixed=\"false\">"
    )?;
    for (name, (year, month, day)) in [("Start", first), ("End", last)] {
        writeln!(
            out,
            "              <{name} Approximate=\"{about}\" YearFixed=\"false\" MonthFixed=\"false\" DayFixed=\"false\">"
        )?;
        for end in ["From", "To"] {
            writeln!(
                out,
                "                <{end}>\n                  <Year>{year}</Year>\n                  <Month>{month}</Month>\n                  <Day>{day}</Day>\n                </{end}>"
            )?;
        }
        writeln!(out, "              </{name}>")?;
    }
    writeln!(out, "            </DatePeriod>")
}

/// The parts of a name, each with its group; a name in a script; an alias with its type, whether it is the primary one, and whether a weak one.
type Parts = Vec<(usize, String)>;
type Alias = (u32, bool, bool, Vec<(u32, Parts)>);

fn party(out: &mut dyn Write, n: usize, rich: bool) -> io::Result<()> {
    let (id, kind) = (FIRST + n, kind(n));
    let sub = match kind {
        Kind::Vessel => 1,
        Kind::Aircraft => 2,
        Kind::Entity => 3,
        Kind::Person => 4,
    };
    writeln!(
        out,
        "    <DistinctParty FixedRef=\"{id}\">\n      <Comment/>\n      <Profile ID=\"{id}\" PartySubTypeID=\"{sub}\">"
    )?;
    writeln!(out, "        <Identity ID=\"{id}\" FixedRef=\"{id}\" Primary=\"true\" False=\"false\">")?;
    // Groups of this identity: id * 10 + 0 family or whole name, 1 given, 2 patronymic.
    let group = |which: usize| id * 10 + which;
    let whole = format!("{} {}", word(n).to_uppercase(), word(n * 31 + 7).to_uppercase());
    let person = kind == Kind::Person;
    let latin = |turn: usize| -> Vec<(usize, String)> {
        if person {
            vec![
                (0, word(n + turn * 1000).to_uppercase()),
                (1, word(n * 31 + 7 + turn)),
                (2, word(n * 17 + 3)),
            ]
        } else {
            vec![(0, if turn == 0 { whole.clone() } else { format!("{whole} {}", word(turn)) })]
        }
    };
    let mut aliases: Vec<Alias> = vec![
        (1400, false, true, vec![(215, vec![(0, word(n + 99).to_uppercase())])]),
        (1403, true, false, vec![(215, latin(0))]),
        (1401, false, false, vec![(215, latin(1))]),
    ];
    if person {
        let cyrillic =
            vec![(0, "ПРИМЕРОВ".to_owned()), (1, "Пример".to_owned()), (2, "Примерович".to_owned())];
        aliases[1].3.push((220, cyrillic));
        if n % 4 == 3 {
            aliases[1].3.push((500, vec![(1, "例子".to_owned()), (0, "某".to_owned())]));
        }
    }
    if rich {
        aliases.extend((2..6).map(|turn| (1400, false, turn % 2 == 1, vec![(215, latin(turn))])));
    }
    let mut documented = id * 20;
    for (kind, primary, low, names) in aliases {
        writeln!(
            out,
            "          <Alias FixedRef=\"{id}\" AliasTypeID=\"{kind}\" Primary=\"{primary}\" LowQuality=\"{low}\">"
        )?;
        for (script, parts) in names {
            documented += 1;
            writeln!(
                out,
                "            <DocumentedName ID=\"{documented}\" FixedRef=\"{id}\" DocNameStatusID=\"1\">"
            )?;
            for (which, text) in parts {
                writeln!(
                    out,
                    "              <DocumentedNamePart>\n                <NamePartValue NamePartGroupID=\"{}\" ScriptID=\"{script}\" ScriptStatusID=\"1\" Acronym=\"false\">{text}</NamePartValue>\n              \
                     </DocumentedNamePart>",
                    group(which)
                )?;
            }
            writeln!(out, "            </DocumentedName>")?;
        }
        writeln!(out, "          </Alias>")?;
    }
    writeln!(out, "          <NamePartGroups>")?;
    let types: &[u32] = match kind {
        Kind::Person => &[1520, 1521, 91708],
        Kind::Entity => &[1525],
        Kind::Vessel => &[1526],
        Kind::Aircraft => &[1524],
    };
    for (which, kind) in types.iter().enumerate() {
        writeln!(
            out,
            "            <MasterNamePartGroup>\n              <NamePartGroup ID=\"{}\" NamePartTypeID=\"{kind}\"/>\n            </MasterNamePartGroup>",
            group(which)
        )?;
    }
    writeln!(out, "          </NamePartGroups>\n        </Identity>")?;
    let mut feature = Feature { out, party: id, next: id * 50 };
    feature.location(25, id)?;
    feature.text(125, "Section 9 of Executive Order 99901")?;
    match kind {
        Kind::Person => {
            feature.period(8, (1948, 12, 10), (1948, 12, 10), false)?;
            feature.period(8, (1951, 1, 1), (1951, 12, 31), true)?;
            feature.period(8, (1955, 1, 1), (1958, 12, 31), false)?;
            feature.text(9, "Sampletown, Exampleland")?;
            feature.location(10, 1)?;
            feature.location(11, 2)?;
            feature.text(26, "Head of Nothing")?;
            feature.lookup(224, 91527)?;
        }
        Kind::Entity => {
            feature.period(300, (1990, 7, 31), (1990, 7, 31), false)?;
            feature.period(301, (2022, 3, 26), (2022, 3, 26), false)?;
            feature.text(14, "http://example.org")?;
            feature.text(302, "leaning nowhere")?;
        }
        Kind::Vessel => {
            feature.text(1, &format!("XAEX{n}"))?;
            feature.lookup(2, 91600)?;
            feature.location(3, 1)?;
            feature.text(4, "INVENTED SHIPPING")?;
            feature.text(5, "24065")?;
            feature.text(6, "16621")?;
        }
        Kind::Aircraft => {}
    }
    if rich {
        for turn in 0..4 {
            feature.text(14, &format!("http://{}.example", word(n + turn)))?;
        }
    }
    writeln!(
        out,
        "        <SanctionsEntryReference SanctionsEntryID=\"{id}\"/>\n      </Profile>\n    </DistinctParty>"
    )
}

struct Feature<'a> {
    out: &'a mut dyn Write,
    party: usize,
    next: usize,
}

impl Feature<'_> {
    fn write(&mut self, kind: u32, inner: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        self.next += 1;
        let id = self.next;
        writeln!(
            self.out,
            "        <Feature ID=\"{id}\" FeatureTypeID=\"{kind}\">\n          <FeatureVersion ID=\"{id}\" ReliabilityID=\"1560\">\n            <Comment/>"
        )?;
        inner(self.out)?;
        writeln!(
            self.out,
            "          </FeatureVersion>\n          <IdentityReference IdentityID=\"{}\" IdentityFeatureLinkTypeID=\"1\"/>\n        </Feature>",
            self.party
        )
    }

    fn text(&mut self, kind: u32, text: &str) -> io::Result<()> {
        self.write(kind, |out| {
            writeln!(out, "            <VersionDetail DetailTypeID=\"1432\">{text}</VersionDetail>")
        })
    }

    fn lookup(&mut self, kind: u32, word: u32) -> io::Result<()> {
        self.write(kind, |out| {
            writeln!(out, "            <VersionDetail DetailTypeID=\"1431\" DetailReferenceID=\"{word}\"/>")
        })
    }

    fn location(&mut self, kind: u32, location: usize) -> io::Result<()> {
        self.write(kind, |out| writeln!(out, "            <VersionLocation LocationID=\"{location}\"/>"))
    }

    fn period(&mut self, kind: u32, first: Date, last: Date, about: bool) -> io::Result<()> {
        self.write(kind, |out| {
            period(out, first, last, about)?;
            writeln!(out, "            <VersionDetail DetailTypeID=\"1430\"/>")
        })
    }
}

fn entry(out: &mut dyn Write, n: usize) -> io::Result<()> {
    let id = FIRST + n;
    let date = |year: u16, day: u8| {
        format!(
            "<Date CalendarTypeID=\"1\">\n          <Year>{year}</Year>\n          <Month>2</Month>\n          <Day>{day}</Day>\n        </Date>"
        )
    };
    writeln!(
        out,
        "    <SanctionsEntry ID=\"{id}\" ProfileID=\"{id}\" ListID=\"1550\">\n      <EntryEvent ID=\"{id}\" EntryEventTypeID=\"1\" LegalBasisID=\"2\">\n        <Comment/>\n        {}\n      </EntryEvent>",
        date(2022, 24)
    )?;
    if n.is_multiple_of(2) {
        writeln!(
            out,
            "      <EntryEvent ID=\"{id}5\" EntryEventTypeID=\"2\" LegalBasisID=\"1\">\n        <Comment/>\n        {}\n      </EntryEvent>",
            date(2024, 7)
        )?;
    }
    for (which, kind, comment) in [(1, 1, "ALPHA-EO99901"), (2, 1, "GAMMA"), (3, 1705, "")] {
        writeln!(
            out,
            "      <SanctionsMeasure ID=\"{id}{which}\" SanctionsTypeID=\"{kind}\">\n        <Comment>{comment}</Comment>\n        \
             <DatePeriod CalendarTypeID=\"1\" YearFixed=\"false\" MonthFixed=\"false\" DayFixed=\"false\"/>\n      </SanctionsMeasure>"
        )?;
    }
    writeln!(out, "    </SanctionsEntry>")
}
