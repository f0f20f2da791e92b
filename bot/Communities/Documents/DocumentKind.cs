namespace Outreach.Communities;

/// <summary>The papers of the way to a committee that are printed from the data.</summary>
public enum DocumentKind { Poster, Application, GroupNotice, CandidateForm, Ballot, VoteCount }
