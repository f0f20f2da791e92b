using System.Xml;
using System.Xml.Linq;
using CsCheck;
using Outreach.Channels;

namespace Outreach.Tests.Channels;

public sealed class CallbackXmlTests
{
    private static readonly string[] Pieces =
    [
        "<xml>", "</xml>", "<A>", "</A>", "<![CDATA[", "]]>", "&lt;", "&#0;", "&#x1F600;", "<?p ?>", "<!--", "-->", "<!DOCTYPE x [", "]>", "业", "\ud800", "\0", " ", "=\"",
    ];

    [Fact]
    public void Any_text_comes_back_as_it_was_and_another_reader_reads_the_same() => CallbackCryptoTests.Texts.Select(CallbackCryptoTests.Texts).Sample((content, name) =>
    {
        var xml = CallbackXml.Write(("Content", content), ("FromUserName", name), ("CreateTime", "1700000000"));
        var fields = CallbackXml.Parse(xml)!;
        var other = XDocument.Parse(xml, LoadOptions.PreserveWhitespace).Root!;
        return fields.Count == 3 && fields["Content"] == Kept(content) && fields["FromUserName"] == Kept(name) && fields["CreateTime"] == "1700000000"
            && other.Element("Content")!.Value == Kept(content) && other.Element("FromUserName")!.Value == Kept(name);
    });

    [Fact]
    public void Numbers_stand_bare_and_text_in_cdata() =>
        Assert.Equal("<xml><A>17</A><B><![CDATA[x]]]]><![CDATA[>y]]></B><C><![CDATA[]]></C></xml>", CallbackXml.Write(("A", "17"), ("B", "x]]>y"), ("C", "")));

    [Fact]
    public void Reads_the_flat_fields_and_leaves_out_what_lies_deeper()
    {
        var fields = CallbackXml.Parse("""
            <?xml version="1.0"?>
            <xml>
              <MsgType><![CDATA[event]]></MsgType><!-- a note --><ScanCodeInfo><ScanType>qrcode</ScanType></ScanCodeInfo>
              <Empty/><Mixed>a&amp;b<![CDATA[<c>]]></Mixed>
            </xml>
            """)!;

        Assert.Equal(new Dictionary<string, string> { ["MsgType"] = "event", ["Empty"] = "", ["Mixed"] = "a&b<c>" }, fields);
    }

    [Theory]
    [InlineData("")]
    [InlineData("success")]
    [InlineData("<xml>")]
    [InlineData("<xml/>")]
    [InlineData("<xml><A>1</B></xml>")]
    [InlineData("<xml><A>1</A></xml><xml/>")]
    [InlineData("<xml><A>&unknown;</A></xml>")]
    [InlineData("<xml><A>\u0001</A></xml>")]
    [InlineData("<!DOCTYPE xml><xml><A>1</A></xml>")]
    [InlineData("<!DOCTYPE xml [<!ENTITY a \"b\">]><xml><A>&a;</A></xml>")]
    [InlineData("<!DOCTYPE xml [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><xml><A>&a;</A></xml>")]
    public void What_is_no_such_document_is_null(string xml) => Assert.Null(CallbackXml.Parse(xml));

    [Fact]
    public void Nothing_that_comes_makes_it_throw() => Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i])
        .Array[0, 14].Sample(parts => _ = CallbackXml.Parse("<xml>" + string.Concat(parts)));

    [Fact]
    public void Documents_that_were_damaged_make_no_other_field_of_a_name_that_was_not_there() =>
        Gen.Int[0, 200].Select(Gen.Char).Sample((at, letter) =>
        {
            var xml = CallbackXml.Write(("FromUserName", "oOwner"), ("Content", "业委会怎么成立"), ("MsgId", "1"));
            var damaged = $"{xml[..(at % xml.Length)]}{letter}{xml[((at % xml.Length) + 1)..]}";
            return CallbackXml.Parse(damaged) is not { } fields || fields.Count <= 3;
        });

    // XML has no control characters and one kind of line end.
    private static string Kept(string text)
    {
        var kept = string.Concat(text.EnumerateRunes().Where(rune => rune.Utf16SequenceLength == 2 || XmlConvert.IsXmlChar((char)rune.Value)));
        return kept.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
    }
}
