//! Why a date is none to go by.

/// Why a date is none to go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// 05/11/2026 is in May or in November.
    MonthOrDayFirst,
    /// 25.11.26.
    ShortYear,
    /// There is no 31st of February.
    NoSuchDay,
    /// There is no 13th month.
    NoSuchMonth,
    /// There is no 14:60.
    NoSuchTime,
    /// 29.03.2026 02:30 in Berlin: clocks are set forward over it.
    SkippedTime,
    /// 25.10.2026 02:30 in Berlin: clocks are set back, and show it twice.
    RepeatedTime,
    /// There is no +24:00.
    NoSuchOffset,
    /// 14:30.
    NoDay,
    /// 45986: how a spreadsheet counts days.
    DayNumber,
    /// 20261125.
    CompactDay,
    /// 202611251430.
    CompactMoment,
    /// Before 2000.
    TooEarly,
    /// After 2049.
    TooLate,
    /// The person's time zone is needed and not known.
    NoZone,
    /// It is not written as was said.
    OtherFormat,
}

impl Reason {
    /// What it is suspected of, in the vectors' words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MonthOrDayFirst => "month or day first",
            Self::ShortYear => "a year of two digits",
            Self::NoSuchDay => "no such day",
            Self::NoSuchMonth => "no such month",
            Self::NoSuchTime => "no such time",
            Self::SkippedTime => "a time that clocks skip",
            Self::RepeatedTime => "a time that clocks show twice",
            Self::NoSuchOffset => "no such offset",
            Self::NoDay => "a time without a day",
            Self::DayNumber => "a spreadsheet's day number",
            Self::CompactDay => "a day without separators",
            Self::CompactMoment => "a moment without separators",
            Self::TooEarly => "before 2000",
            Self::TooLate => "after 2049",
            Self::NoZone => "no time zone",
            Self::OtherFormat => "not as --date-format has it",
        }
    }
}
