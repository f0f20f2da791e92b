using System.Net;
using System.Text.RegularExpressions;
using Outreach.Communities;

namespace Outreach.Tests.Staff;

/// <summary>A browser without scripts: cookies, forms, no redirects followed.</summary>
internal sealed partial class ConsoleClient : IDisposable
{
    private readonly CookieContainer _cookies;
    private readonly HttpClient _http;

    public ConsoleClient(OutreachApp app)
    {
        _cookies = new CookieContainer();
        _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = _cookies }) { BaseAddress = app.Address };
    }

    /// <summary>What the browser says of itself.</summary>
    public string UserAgent
    {
        init => _http.DefaultRequestHeaders.UserAgent.ParseAdd(value);
    }

    /// <summary>A member who is signed in.</summary>
    public static async Task<ConsoleClient> SignInAsync(OutreachApp app, string userName, StaffRoles roles, long? areaId = null)
    {
        await StaffSeeds.AddMemberAsync(app, userName, roles, areaId);
        var client = new ConsoleClient(app);
        var answer = await client.SignInAsync(userName, StaffSeeds.Password);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return client;
    }

    public Task<HttpResponseMessage> SignInAsync(string userName, string password) =>
        PostAsync("/staff/sign-in", "sign-in", ("Input.UserName", userName), ("Input.Password", password));

    public Task<HttpResponseMessage> GetAsync(string address) => _http.GetAsync(address, TestContext.Current.CancellationToken);

    /// <summary>The page's text; the status must be 200.</summary>
    public async Task<string> ReadAsync(string address)
    {
        var answer = await GetAsync(address);
        var text = await TextAsync(answer);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{address}: {(int)answer.StatusCode}\n{text}");
        return text;
    }

    public static async Task<string> TextAsync(HttpResponseMessage answer) =>
        WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

    /// <summary>Opens the page, finds the form by its handler's name or its action, keeps its fields and sends it with these in their place.</summary>
    public Task<HttpResponseMessage> PostAsync(string page, string form, params (string Name, string Value)[] fields) =>
        PostAsync(page, form, target: null, () => Task.CompletedTask, file: null, fields);

    /// <summary>The same with a file, as a form for files sends it.</summary>
    public Task<HttpResponseMessage> PostAsync(string page, string form, (string Field, string Name, byte[] Bytes) file, params (string Name, string Value)[] fields) =>
        PostAsync(page, form, target: null, () => Task.CompletedTask, file, fields);

    /// <summary>The same, sent to another address.</summary>
    public Task<HttpResponseMessage> PostAsync(string page, string form, string target, params (string Name, string Value)[] fields) =>
        PostAsync(page, form, target, () => Task.CompletedTask, file: null, fields);

    /// <summary>The same, with something happening between the opening and the sending.</summary>
    public Task<HttpResponseMessage> PostAsync(string page, string form, Func<Task> between, params (string Name, string Value)[] fields) =>
        PostAsync(page, form, target: null, between, file: null, fields);

    private async Task<HttpResponseMessage> PostAsync(string page, string form, string? target, Func<Task> between, (string Field, string Name, byte[] Bytes)? file, (string Name, string Value)[] fields)
    {
        var html = await _http.GetStringAsync(page, TestContext.Current.CancellationToken);
        var found = Forms().Matches(html).Select(m => m.Value).FirstOrDefault(f => f.Contains($"value=\"{form}\"", StringComparison.Ordinal) || f.Contains($"action=\"{form}\"", StringComparison.Ordinal));
        Assert.True(found is not null, $"{page} has no form {form}");
        await between();
        var values = Hidden().Matches(found).Select(m => (Name: m.Groups["name"].Value, Value: WebUtility.HtmlDecode(m.Groups["value"].Value)))
            .Where(hidden => fields.All(f => f.Name != hidden.Name)).Concat(fields).Select(f => KeyValuePair.Create(f.Name, f.Value));
        var action = target ?? (Action().Match(found) is { Success: true } match ? WebUtility.HtmlDecode(match.Groups[1].Value) : page);
        return await _http.PostAsync(action.StartsWith('/') ? action : "/" + action, file is { } chosen ? Multipart(values, chosen) : new FormUrlEncodedContent(values), TestContext.Current.CancellationToken);
    }

    private static MultipartFormDataContent Multipart(IEnumerable<KeyValuePair<string, string>> values, (string Field, string Name, byte[] Bytes) file)
    {
        var content = new MultipartFormDataContent();
        foreach (var (name, value) in values)
            content.Add(new StringContent(value), name);
        content.Add(new ByteArrayContent(file.Bytes), file.Field, file.Name);
        return content;
    }

    /// <summary>The data of an event stream, one event after the other.</summary>
    public async IAsyncEnumerable<string> LinesAsync(string address, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = await _http.GetStreamAsync(address, cancellationToken);
        await foreach (var item in System.Net.ServerSentEvents.SseParser.Create(stream).EnumerateAsync(cancellationToken))
            yield return item.Data;
    }

    public Task<HttpResponseMessage> PostRawAsync(string address, params (string Name, string Value)[] fields) =>
        _http.PostAsync(address, new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))), TestContext.Current.CancellationToken);

    /// <summary>A copy of all cookies, as someone with access to the device could make one.</summary>
    public IReadOnlyList<Cookie> Cookies() => [.. _cookies.GetAllCookies().Select(cookie => new Cookie(cookie.Name, cookie.Value, cookie.Path, cookie.Domain))];

    public void SetCookies(IReadOnlyList<Cookie> cookies)
    {
        foreach (var cookie in cookies)
            _cookies.Add(cookie);
    }

    public void Dispose() => _http.Dispose();

    [GeneratedRegex("<form\\b.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Forms();

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]*)\" value=\"(?<value>[^\"]*)\"")]
    private static partial Regex Hidden();

    [GeneratedRegex("<form[^>]*\\baction=\"([^\"]*)\"")]
    private static partial Regex Action();
}
