using Outreach.Contacts;

namespace Outreach.Tests.Contacts;

public sealed class ContactLanguageTests
{
    [Theory]
    [InlineData("zh-CN", ContactLanguage.Chinese)]
    [InlineData("ZH_Hant_HK", ContactLanguage.Chinese)]
    [InlineData("yue", ContactLanguage.Chinese)]
    [InlineData("en-US", ContactLanguage.English)]
    [InlineData("fil-PH", ContactLanguage.Other)]
    [InlineData("", ContactLanguage.Unknown)]
    [InlineData(null, ContactLanguage.Unknown)]
    [InlineData("<b>-zh", ContactLanguage.Unknown)]
    public void A_locale_names_its_language(string? locale, ContactLanguage expected) => Assert.Equal(expected, ContactLanguages.Of(locale));
}
