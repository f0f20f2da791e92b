using System.Text;
using System.Xml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace Outreach.Conversations;

/// <summary>The lines of a file of an official text: .docx, or .md and .txt in UTF-8, UTF-16 or GB18030.</summary>
internal static class StatuteFile
{
    /// <summary>A whole code of law is well below one.</summary>
    public const int MaxBytes = 10_000_000;

    private const int MaxCharacters = 20_000_000;   // of one part of a docx once unpacked

    public static IReadOnlyList<string> Extensions { get; } = [".docx", ".md", ".txt"];

    /// <returns>The lines, or null and what is wrong in Chinese.</returns>
    public static (IReadOnlyList<string>? Lines, string? Problem) Read(byte[] file, string extension)
    {
        if (file.Length == 0)
            return (null, "文件是空的");
        if (file.Length > MaxBytes)
            return (null, $"文件太大：{file.Length / 1_000_000} MB，最多 {MaxBytes / 1_000_000} MB");
        return extension.Equals(".docx", StringComparison.OrdinalIgnoreCase) ? ReadWord(file) : ReadText(file);
    }

    private static (IReadOnlyList<string>?, string?) ReadWord(byte[] file)
    {
        try
        {
            using var document = WordprocessingDocument.Open(new MemoryStream(file), isEditable: false, new OpenSettings { MaxCharactersInPart = MaxCharacters });
            if (document.MainDocumentPart?.Document?.Body is not { } body)
                return (null, "这个 docx 文件里没有正文");
            return ([.. body.Descendants<Paragraph>().Where(paragraph => !paragraph.Ancestors<Paragraph>().Any()).Select(TextOf)], null);
        }
        catch (Exception e) when (e is OpenXmlPackageException or FileFormatException or InvalidDataException or XmlException or IOException or NotSupportedException)
        {
            return (null, "不是 Word 的 docx 文件，或者文件坏了。旧的 .doc 请用 Word 另存为 .docx");
        }
    }

    private static string TextOf(Paragraph paragraph)
    {
        var text = new StringBuilder();
        foreach (var element in paragraph.Descendants())
            switch (element)
            {
                case Text words:
                    text.Append(words.Text);
                    break;
                case TabChar or Break or CarriageReturn:
                    text.Append(' ');
                    break;
            }
        return text.ToString();
    }

    private static (IReadOnlyList<string>?, string?) ReadText(byte[] file)
    {
        if (Decode(file) is not { } text || text.Contains('\0', StringComparison.Ordinal))
            return (null, "读不出文字：请存成 UTF-8 或 GB18030（GBK）编码的纯文本");
        return string.IsNullOrWhiteSpace(text) ? (null, "文件是空的") : (text.ReplaceLineEndings("\n").Split('\n'), null);
    }

    private static string? Decode(byte[] file)
    {
        if (file is [0xFF, 0xFE, ..])
            return Encoding.Unicode.GetString(file, 2, file.Length - 2);
        if (file is [0xFE, 0xFF, ..])
            return Encoding.BigEndianUnicode.GetString(file, 2, file.Length - 2);
        Encoding[] encodings =
        [
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true),
            CodePagesEncodingProvider.Instance.GetEncoding("GB18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!,
        ];
        foreach (var encoding in encodings)
            try
            {
                return encoding.GetString(file);
            }
            catch (DecoderFallbackException)
            {
                continue;       // not this one
            }
        return null;
    }
}
