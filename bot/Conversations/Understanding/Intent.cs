namespace Outreach.Conversations;

/// <summary>What a message wants, as far as its words tell; what it means in the dialogue also depends on what the bot asked.</summary>
internal enum Intent
{
    /// <summary>Everything that asks about owners' committees, or about something else: the knowledge base decides.</summary>
    Question,

    Fire, Gas, Lift, Injury, Violence, SelfHarm,

    OthersData, Forgery, VoteBuying, Smear, Injection,

    OptOut, OptIn, Topics,

    DataShow, DataCorrect, DataWithdraw, PassOnWithdraw, DataErase, PassOnAgree,

    Human, Complain,

    SignUp, SignUpRefuse, SignUpOther, SignUpTenant, SignUpAbout, SignUpCancelHow,

    FormCancel, FormContinue, FormLater, FormRestart, FormBack, FormCorrect, FormSkip,

    NoticeJoin, NoticeDecline, NoticeLate,

    ProgressCommunity, ProgressMine,

    /// <summary>Something is to be reckoned: a vote, a petition, a timetable.</summary>
    Calculate,

    Greeting, Who, Help, Thanks, Bye,

    Abuse, Annoyed,
}
