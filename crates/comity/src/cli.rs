//! The command line: every flag in one place, with its help.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Parser, Subcommand};
use comity_model::date::Day;
use comity_model::standing::GroupKind;

use crate::commands;
use crate::commands::r1540::R1540Command;
use crate::fail::{BAD_INPUT, Failure};

/// Under whose law, on whose mandate, what is required and why.
#[derive(Debug, Parser)]
#[command(name = "comity", version, max_term_width = 100, disable_help_subcommand = true)]
pub struct Cli {
    /// Flags of every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Flags of every command; they may stand before or after it.
#[derive(Args, Clone, Debug, Default)]
pub struct Global {
    /// Ask as of this day (default: the deal's date, else today)
    #[arg(long, global = true, value_name = "DATE")]
    pub as_of: Option<Day>,
    /// Where the register lives (default: the user's data directory)
    #[arg(long, global = true, value_name = "DIR", env = "COMITY_DATA")]
    pub data: Option<PathBuf>,
    /// Use no network
    #[arg(long, global = true)]
    pub offline: bool,
    /// Further packs beside the embedded lawbook (repeatable)
    #[arg(long, global = true, value_name = "DIR")]
    pub packs: Vec<PathBuf>,
    /// Answer in JSON
    #[arg(long, global = true)]
    pub json: bool,
}

impl Global {
    /// Whether the network must not be used.
    #[must_use]
    pub fn is_offline(&self) -> bool {
        self.offline || std::env::var_os("COMITY_OFFLINE").is_some_and(|v| !v.is_empty() && v != "0")
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge a deal: may it go, under whose law, on whose mandate, what must be done
    Check(Check),
    /// Screen names against the party lists
    Screen(Screen),
    /// Classify an item on every control list at once
    Classify(Classify),
    /// Fetch the official party lists, or read them from a folder
    Update(Update),
    /// What is in the register
    #[command(subcommand)]
    Register(RegisterCommand),
    /// The control lists
    #[command(subcommand)]
    Controls(ControlsCommand),
    /// The packs: rules and their faults
    #[command(subcommand)]
    Law(LawCommand),
    /// States, treaties, standing
    #[command(subcommand)]
    State(StateCommand),
    /// The 1540 matrix: facts of each State, gaps, reports, review tables, assistance
    #[command(subcommand)]
    R1540(R1540Command),
}

/// Flags of `check`.
#[derive(Args, Debug)]
pub struct Check {
    /// The deal, TOML or JSON; `-` reads standard input
    #[arg(required_unless_present = "batch", conflicts_with = "batch")]
    pub deal: Option<PathBuf>,
    /// Show the seven steps with all rules, notes and sources
    #[arg(long)]
    pub explain: bool,
    /// A file with one deal a line (JSON); answers one line each
    #[arg(long, value_name = "FILE")]
    pub batch: Option<PathBuf>,
    /// Write a batch's answers there
    #[arg(long, value_name = "FILE", requires = "batch")]
    pub out: Option<PathBuf>,
    /// Tell the outcome by the exit status: 10 licence or notice, 20 prohibited, 30 open
    #[arg(long)]
    pub exit_status: bool,
}

/// Flags of `screen`.
#[derive(Args, Debug)]
pub struct Screen {
    /// Names, one an argument
    #[arg(required_unless_present = "batch", conflicts_with = "batch")]
    pub names: Vec<String>,
    /// A file with one party a line (JSON lines or CSV)
    #[arg(long, value_name = "FILE")]
    pub batch: Option<PathBuf>,
    /// Write a batch's answers there
    #[arg(long, value_name = "FILE", requires = "batch")]
    pub out: Option<PathBuf>,
    /// At most so many hits a name
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
    /// From this score on a name counts as the listed party (0 to 1; 0 gives every candidate)
    #[arg(long, value_name = "X")]
    pub threshold: Option<f64>,
    /// Tell the result by the exit status: 10 hit, 30 possible or not screened
    #[arg(long)]
    pub exit_status: bool,
}

/// Flags of `classify`.
#[derive(Args, Debug)]
pub struct Classify {
    /// An item or a deal, TOML or JSON; `-` reads standard input
    #[arg(required_unless_present = "batch", conflicts_with = "batch")]
    pub file: Option<PathBuf>,
    /// A file with one item a line (JSON)
    #[arg(long, value_name = "FILE")]
    pub batch: Option<PathBuf>,
    /// Write a batch's answers there
    #[arg(long, value_name = "FILE", requires = "batch")]
    pub out: Option<PathBuf>,
}

/// Flags of `update`.
#[derive(Args, Debug)]
pub struct Update {
    /// Read the lists from this folder instead of the network
    #[arg(long, value_name = "DIR")]
    pub from: Option<PathBuf>,
    /// Only these lists or publishers, joined by commas
    #[arg(long, value_name = "ID,...", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Take an edition of this list that was held back
    #[arg(long, value_name = "ID", requires = "reason")]
    pub accept: Option<String>,
    /// Why it is taken; kept with the edition
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

/// The register.
#[derive(Debug, Subcommand)]
pub enum RegisterCommand {
    /// Lists, editions, ages, refusals
    Status,
    /// Read every file of every edition again and compare digests
    Verify,
    /// Take in a list of your own: JSON lines, FollowTheMoney entities or a table; screened beside the official lists under own/LIST
    Import(Import),
    /// When a party was listed, edition by edition, and under which mandate
    History {
        /// The listing: publisher/list/native-id
        id: String,
    },
    /// What changed between two editions of a list, field by field
    Diff {
        /// The list: publisher/list
        list: String,
        /// A day; the edition that answers on it
        from: Day,
        /// A later day
        to: Day,
    },
    /// The editions that answer on the day, as FollowTheMoney entities (JSON lines) or as a table (CSV)
    Export {
        /// The lists: publisher/list (default: all on this machine)
        lists: Vec<String>,
        /// ftm: one entity a line; csv: one listing a row
        #[arg(long, value_enum, default_value = "ftm")]
        format: ExportFormat,
        /// Write there instead of to standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Which listings of other lists carry out the measures of a list
    Links {
        /// The list whose measures are carried out (default: every list that another refers to)
        #[arg(long, value_name = "LIST")]
        to: Option<String>,
        /// Only its entries under this programme
        #[arg(long, value_name = "CODE")]
        programme: Option<String>,
    },
}

/// The forms in which the register is given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum ExportFormat {
    /// Entities in the FollowTheMoney vocabulary, one a line.
    Ftm,
    /// A flat table, one listing a row.
    Csv,
}

/// Flags of `register import`.
#[derive(Args, Debug)]
#[command(after_help = IMPORT_HELP)]
pub struct Import {
    /// The list's name: watch, or own/watch
    pub list: String,
    /// The file; a bad line refuses it whole
    pub file: PathBuf,
    /// The day of the edition (default: today)
    #[arg(long, value_name = "DATE")]
    pub date: Option<Day>,
    /// What the file is (default: told by the file itself)
    #[arg(long, value_name = "FORMAT", value_parser = ["jsonl", "ftm", "csv"])]
    pub format: Option<String>,
    /// The columns of a table: name=Column,alias=Other, or a file with lines such as name = "Column"
    #[arg(long, value_name = "MAP")]
    pub map: Option<String>,
}

/// What stands below the flags of `register import`.
const IMPORT_HELP: &str = "\
jsonl: a party a line: {\"id\": \"1\", \"schema\": \"Company\", \"names\": [\"Example Ltd\"], \"states\": [\"XX\"],
       \"birth_dates\": [\"1971\"], \"identifiers\": [\"imo:9999999\"]}; further keys are kept
ftm:   entities of FollowTheMoney, one a line or one JSON array
csv:   a table with a head line; columns named id, name, alias, schema, state, birth_date, passport ...
       are taken as they are, others with --map
Each import is an edition. The list is your own measure and no law; `party on own` in a pack asks for it.";

/// The control lists.
#[derive(Debug, Subcommand)]
pub enum ControlsCommand {
    /// An entry with its provisions, notes and mandate
    Show {
        /// The list: eu, us
        list: String,
        /// The entry: 3A225
        entry: String,
    },
    /// The classes of item; with a text only those that have it
    Classes {
        /// Part of a name or title
        text: Option<String>,
    },
    /// The facts that are asked of a class of item
    Facts {
        /// The class
        class: String,
    },
}

/// The packs.
#[derive(Debug, Subcommand)]
pub enum LawCommand {
    /// A rule as a readable page
    Show {
        /// The rule's id
        rule: String,
    },
    /// The rules and gaps of a pack; without one, the packs
    List {
        /// The pack
        pack: Option<String>,
    },
    /// Every fault in a folder of data or packs, with file, line and remedy
    Check {
        /// The folder
        dir: PathBuf,
    },
}

/// A user's own file of unverified facts, put beside the data.
#[derive(Debug, Args)]
pub struct Unverified {
    /// A file iso3,treaty,status,date,source of facts that are not verified; each answer that it touches is marked
    #[arg(long, value_name = "FILE")]
    pub with_unverified: Option<PathBuf>,
}

/// States and treaties.
#[derive(Debug, Subcommand)]
pub enum StateCommand {
    /// One State: names, groups, treaties, regimes, returns due, each with its source
    Show {
        /// Code, name or alias
        state: String,
        /// Unverified facts of the user.
        #[command(flatten)]
        unverified: Unverified,
    },
    /// One treaty: who is in, who is not, since when; its life
    Treaty {
        /// The treaty's id, or 1540
        id: String,
        /// Only States that are not fully in
        #[arg(long)]
        outside: bool,
        /// Also what changed since this day
        #[arg(long, value_name = "DATE")]
        since: Option<Day>,
        /// Unverified facts of the user.
        #[command(flatten)]
        unverified: Unverified,
    },
    /// The standing of States side by side
    Standing {
        /// Codes, names or aliases
        #[arg(required = true)]
        states: Vec<String>,
        /// A named basis, or treaties joined by commas
        #[arg(long)]
        basis: Option<String>,
        /// Unverified facts of the user.
        #[command(flatten)]
        unverified: Unverified,
    },
    /// How far treaties reach: counts, who stands outside, what changed, what would change
    Universality(Universality),
    /// What is known when nuclear material moves from one State to another; it judges nothing
    Safeguards(SafeguardsArgs),
}

/// `comity state universality`.
#[derive(Debug, Args)]
pub struct Universality {
    /// Ids of treaties; none: a table of all
    pub treaties: Vec<String>,
    /// Who joined and who left between two days
    #[arg(long, num_args = 2, value_names = ["DATE", "DATE"])]
    pub between: Option<Vec<Day>>,
    /// What would change if these States joined, by commas
    #[arg(long = "if", value_name = "STATE,...", value_delimiter = ',')]
    pub joining: Vec<String>,
    /// Who stands outside by groups: regional (of the United Nations), region, subregion or category
    #[arg(long, value_name = "KIND")]
    pub by: Option<GroupKind>,
    /// The counts over time
    #[arg(long)]
    pub curve: bool,
    /// Write the counts over time as CSV
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    /// Write the counts over time as a picture
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
    /// Compare a file of published totals with ours
    #[arg(long, value_name = "FILE", conflicts_with_all = ["treaties", "between", "joining", "by", "curve", "csv", "svg"])]
    pub checkpoints: Option<PathBuf>,
    /// Unverified facts of the user.
    #[command(flatten)]
    pub unverified: Unverified,
}

/// `comity state safeguards`.
#[derive(Debug, Args)]
pub struct SafeguardsArgs {
    /// The State that supplies: code, name or alias
    pub supplier: String,
    /// The State that receives
    pub recipient: String,
    /// What moves: uranium, natural-uranium, enriched-uranium, plutonium, thorium, equipment ...
    #[arg(long, value_name = "KIND")]
    pub material: String,
    /// Its enrichment, such as "4.5 %"
    #[arg(long, value_name = "SHARE")]
    pub enrichment: Option<String>,
    /// How much, such as "12 kg"
    #[arg(long)]
    pub quantity: Option<String>,
    /// What for: power, research, medical, naval-propulsion ...
    #[arg(long = "use", value_name = "USE", default_value = "unknown")]
    pub purpose: String,
    /// A condition: name=yes or name=no, with the source behind a colon
    #[arg(long = "fact", value_name = "NAME=yes|no[:SOURCE]")]
    pub fact: Vec<String>,
    /// A TOML file of facts with their sources, and of reports of the Agency
    #[arg(long, value_name = "FILE")]
    pub facts: Option<PathBuf>,
    /// Unverified facts of the user.
    #[command(flatten)]
    pub unverified: Unverified,
}

/// What a command gives back: its text for standard output, and the exit status.
#[derive(Debug, Default)]
pub struct Output {
    /// For standard output.
    pub text: String,
    /// The exit status.
    pub status: u8,
}

impl Output {
    /// A text with exit status 0.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), status: 0 }
    }
}

/// Runs the program.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    // Wrong use is found before the flags are known.
    let wants_json = args.iter().skip(1).take_while(|a| *a != "--").any(|a| a == "--json");
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) if wants_json && error.use_stderr() => {
            print_failure(&usage(&error), true);
            return ExitCode::from(BAD_INPUT);
        }
        Err(error) => {
            // Help and version are answers; anything else is wrong use.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(BAD_INPUT) } else { ExitCode::SUCCESS };
        }
    };
    let json = cli.global.json;
    match commands::run(cli) {
        Ok(output) => {
            let mut out = io::stdout().lock();
            // A reader that closed its end wants no more.
            let _ = out.write_all(output.text.as_bytes());
            let _ = out.flush();
            ExitCode::from(output.status)
        }
        Err(failure) => {
            print_failure(&failure, json);
            ExitCode::from(failure.status())
        }
    }
}

/// Wrong use of the command line as a failure: the argument at fault, what is wrong with it, what to do.
fn usage(error: &clap::Error) -> Failure {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        Some(ContextValue::StyledStrs(texts)) => {
            texts.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
        }
        _ => String::new(),
    };
    let first = |kinds: &[ContextKind]| kinds.iter().map(|k| text(*k)).find(|t| !t.is_empty());
    // Where a command is missing, the context names the one above it.
    let place = first(&[ContextKind::InvalidArg, ContextKind::InvalidSubcommand])
        .filter(|_| error.kind() != ErrorKind::MissingSubcommand);
    let rendered = error.render().to_string();
    // The first paragraph is what is wrong; the others repeat the use. Where a command is missing there is help alone.
    let message = match error.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => "no command is given".to_owned(),
        _ => {
            let lines = rendered.lines().take_while(|l| !l.trim().is_empty()).map(str::trim);
            let said = lines.collect::<Vec<_>>().join(" ");
            said.strip_prefix("error: ").unwrap_or(&said).to_owned()
        }
    };
    let near =
        first(&[ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]);
    let usage = text(ContextKind::Usage);
    let usage = usage.trim().strip_prefix("Usage:").unwrap_or(&usage).trim();
    let remedy = match (near, text(ContextKind::ValidValue)) {
        (Some(near), _) => format!("did you mean {near}?"),
        (None, values) if !values.is_empty() => format!("one of: {values}"),
        (None, _) if !usage.is_empty() => {
            format!("use: {}", usage.split_whitespace().collect::<Vec<_>>().join(" "))
        }
        (None, _) => "run it with --help".to_owned(),
    };
    Failure::input(place.unwrap_or_else(|| "arguments".to_owned()), message, "", remedy)
}

fn print_failure(failure: &Failure, json: bool) {
    let text = if json { format!("{:#}\n", failure.json()) } else { failure.to_string() };
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Whether standard output shows colour.
#[must_use]
pub fn colour() -> bool {
    io::stdout().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
        && std::env::var_os("TERM").is_none_or(|t| t != "dumb")
}
