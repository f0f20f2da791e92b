using Microsoft.AspNetCore.Http;

namespace Outreach.Doubles;

/// <summary>One call to the vendor.</summary>
/// <param name="Body">Raw.</param>
/// <param name="File">What was uploaded as <c>media</c>; null: nothing.</param>
/// <param name="Form">The other fields of a multipart body.</param>
internal sealed record WeChatCall(string Token, IQueryCollection Query, byte[] Body, IFormFile? File, IFormCollection? Form)
{
    public static async Task<WeChatCall> ReadAsync(HttpRequest request, byte[] body)
    {
        var token = request.Query["access_token"].ToString();
        if (!request.HasFormContentType)
            return new(token, request.Query, body, null, null);
        request.Body = new MemoryStream(body);
        var form = await request.ReadFormAsync();
        return new(token, request.Query, body, form.Files.GetFile("media"), form);
    }
}
