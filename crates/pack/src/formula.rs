//! Reads formulas over facts, the text form of [`Formula`].

use comity_model::fact::Formula;
use comity_model::number::Number;
use comity_model::unit::UnitTable;

use crate::language::{ConditionFault, DEPTH_MAX};

/// Reads a formula over facts: `young_modulus / (density * 9.80665 m/s2)`; operators `+ - * / ^`, numbers with units, names of facts.
pub fn parse_formula(text: &str, units: &UnitTable) -> Result<Formula, ConditionFault> {
    let mut parser = FormulaParser { text, at: 0, units, depth: 0 };
    let formula = parser.sum()?;
    parser.blanks();
    if parser.at < text.len() {
        return Err(parser.fault("an operator or the end"));
    }
    Ok(formula)
}

struct FormulaParser<'t> {
    text: &'t str,
    at: usize,
    units: &'t UnitTable,
    depth: usize,
}

impl<'t> FormulaParser<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn fault(&self, expected: &str) -> ConditionFault {
        ConditionFault {
            at: self.text.get(..self.at).map_or(0, |t| t.chars().count()),
            found: format!("`{}` in the formula", self.rest().chars().take(20).collect::<String>()),
            expected: expected.to_owned(),
            remedy: "formulas use + - * / ^, numbers with units, names of facts and brackets".to_owned(),
        }
    }

    fn take(&mut self, sign: char) -> bool {
        self.blanks();
        let found = self.rest().starts_with(sign);
        if found {
            self.at += sign.len_utf8();
        }
        found
    }

    fn sum(&mut self) -> Result<Formula, ConditionFault> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.fault("at most 60 levels"));
        }
        let mut left = self.product()?;
        loop {
            left = if self.take('+') {
                Formula::Add(Box::new(left), Box::new(self.product()?))
            } else if self.take('-') {
                Formula::Sub(Box::new(left), Box::new(self.product()?))
            } else {
                self.depth -= 1;
                return Ok(left);
            };
        }
    }

    fn product(&mut self) -> Result<Formula, ConditionFault> {
        let mut left = self.power()?;
        loop {
            left = if self.take('*') || self.take('·') {
                Formula::Mul(Box::new(left), Box::new(self.power()?))
            } else if self.take('/') {
                Formula::Div(Box::new(left), Box::new(self.power()?))
            } else {
                return Ok(left);
            };
        }
    }

    fn power(&mut self) -> Result<Formula, ConditionFault> {
        let base = self.primary()?;
        if !self.take('^') {
            return Ok(base);
        }
        self.blanks();
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '-').unwrap_or(rest.len());
        let number: Number = rest.get(..end).unwrap_or("").parse().map_err(|_| self.fault("an exponent"))?;
        let (above, below) = number.small_ratio().ok_or_else(|| self.fault("a small exponent"))?;
        self.at += end;
        Ok(Formula::Pow(Box::new(base), above, below))
    }

    fn primary(&mut self) -> Result<Formula, ConditionFault> {
        if self.take('(') {
            let inner = self.sum()?;
            return if self.take(')') { Ok(inner) } else { Err(self.fault("`)`")) };
        }
        self.blanks();
        let rest = self.rest();
        if rest.starts_with(|c: char| c.is_ascii_digit()) {
            let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
            let mut end = digits;
            let tail = rest.get(digits..).unwrap_or("");
            if let Some(exponent) = tail.strip_prefix(['e', 'E']) {
                let signed = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
                let count = signed.find(|c: char| !c.is_ascii_digit()).unwrap_or(signed.len());
                if count > 0 {
                    end = digits + 1 + (exponent.len() - signed.len()) + count;
                }
            }
            // A unit may follow after a blank: the longest spelling that the table knows.
            let after = rest.get(end..).unwrap_or("");
            let unit_end = after
                .char_indices()
                .map(|(at, c)| at + c.len_utf8())
                .filter(|e| {
                    after.get(..*e).is_some_and(|u| self.units.unit(u.trim()).is_some() && u.trim() != "1")
                })
                .max()
                .unwrap_or(0);
            let text = rest.get(..end + unit_end).unwrap_or("");
            let quantity =
                self.units.parse(text, None).map_err(|_| self.fault("a number with a known unit"))?;
            let value = quantity.extent.exact().cloned().ok_or_else(|| self.fault("a single number"))?;
            self.at += end + unit_end;
            return Ok(Formula::Constant(value));
        }
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        if end == 0 {
            return Err(self.fault("a number, a fact or `(`"));
        }
        self.at += end;
        Ok(Formula::Fact(rest.get(..end).unwrap_or("").to_owned()))
    }
}
