using System.Text;
using System.Xml;

namespace Outreach.Channels;

/// <summary>The flat XML in which WeChat and WeCom speak: <c>&lt;xml&gt;&lt;Name&gt;text&lt;/Name&gt;…&lt;/xml&gt;</c>.</summary>
internal static class CallbackXml
{
    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = 1024 * 1024,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    /// <summary>The fields by name; what lies deeper is left out. Null: not such a document.</summary>
    public static IReadOnlyDictionary<string, string>? Parse(string xml)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(xml), Settings);
            if (reader.MoveToContent() != XmlNodeType.Element || reader.IsEmptyElement)
                return null;
            var fields = new Dictionary<string, string>(StringComparer.Ordinal);
            reader.ReadStartElement();
            while (reader.MoveToContent() == XmlNodeType.Element)
            {
                var name = reader.LocalName;
                var (text, isFlat) = ReadText(reader);
                if (isFlat)
                    fields[name] = text;
            }
            while (reader.Read())
            {
                // to the end: what follows must be well-formed too
            }
            return fields;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    /// <summary>The fields as text in CDATA, numbers bare. Characters that XML does not have are left out.</summary>
    public static string Write(params ReadOnlySpan<(string Name, string Value)> fields)
    {
        var xml = new StringBuilder("<xml>");
        foreach (var (name, value) in fields)
        {
            xml.Append('<').Append(name).Append('>');
            if (value.Length > 0 && value.All(char.IsAsciiDigit))
                xml.Append(value);
            else
                xml.Append("<![CDATA[").Append(Clean(value).Replace("]]>", "]]]]><![CDATA[>", StringComparison.Ordinal)).Append("]]>");
            xml.Append("</").Append(name).Append('>');
        }
        return xml.Append("</xml>").ToString();
    }

    private static (string Text, bool IsFlat) ReadText(XmlReader reader)
    {
        if (reader.IsEmptyElement)
        {
            reader.Read();
            return ("", true);
        }
        var (depth, text, isFlat) = (reader.Depth, new StringBuilder(), true);
        while (reader.Read() && !(reader.NodeType == XmlNodeType.EndElement && reader.Depth == depth))
        {
            if (reader.NodeType == XmlNodeType.Element)
                isFlat = false;
            else if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace)
                text.Append(reader.Value);
        }
        reader.Read();
        return (text.ToString(), isFlat);
    }

    private static string Clean(string value)
    {
        if (value.All(XmlConvert.IsXmlChar))
            return value;
        var clean = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            if (XmlConvert.IsXmlChar(value[i]))
                clean.Append(value[i]);
            else if (i + 1 < value.Length && XmlConvert.IsXmlSurrogatePair(value[i + 1], value[i]))
                clean.Append(value[i]).Append(value[++i]);
        }
        return clean.ToString();
    }
}
