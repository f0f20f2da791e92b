namespace Outreach.Conversations;

/// <summary>Short texts of the bot that several places use; longer ones stand where they are said.</summary>
internal static class Says
{
    public const string Human = "转人工";
    public const string SignUp = "我要登记";
    public const string HowToForm = "怎么成立";
    public const string Progress = "小区进展";
    public const string NoneOfThese = "都不是";

    public const string Introduction = "在。我是自动助手，业委会怎么成立、怎么投票都能问，也能登记。找工作人员说“人工”。";
    public const string Help = "我是自动助手。问规定：直接说事，比如“换物业要多少人同意”。登记意愿：说“我要登记”。看进展：说“小区进展”。查、改、删自己的信息：说“我的信息”。找工作人员：说“人工”。不想收通知：说“退订”。";
    public const string Who = "我是自动助手，不是真人，也不是物业。我按法律条文答业委会和物业的规矩，能帮您登记。找工作人员说“人工”。";
    public const string NotMine = "这个我帮不上，我只懂业委会和物业的规矩。";
    public const string NoAnswer = "这个我没有可靠的答案，已记下请工作人员补。";
    public const string NoAnswerAgain = "这件事我没有可靠的依据，不乱说。要请工作人员来答吗？";
    public const string SayItInOneSentence = "请用一句话说说：谁做了什么，您想知道什么。也可以回“人工”。";
    public const string HandedBack = "工作人员办完了，现在又是自动助手。刚才有帮助吗？";
    public const string HandedBackUnanswered = "工作人员看过了，现在又是自动助手。还有事可以再说“人工”。";
    /// <summary>Texts that a model wrote are marked as such.</summary>
    public const string Reworded = "（这段由AI按条目改写）";
    public const string NoGuess = "没听明白。您可以直接问规定，也可以登记、看进展。";
    public const string NoGuessAgain = "还是没听明白。请用一句话说说：谁做了什么，您想知道什么。要找工作人员，点下面。";

    public static IReadOnlyList<string> HelpfulOrNot { get; } = ["有帮助", "没有"];
    public static string[] Menu { get; } = [HowToForm, SignUp, Progress];
}
