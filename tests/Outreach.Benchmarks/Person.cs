using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Outreach.Benchmarks;

/// <summary>Someone with a chat of his own, as the chat page would open it.</summary>
internal sealed class Person(HttpClient http, string conversation)
{
    public static async Task<Person> OpenAsync(Uri address)
    {
        var http = new HttpClient { BaseAddress = address };
        using var generated = await http.PostAsync("/v3/directline/tokens/generate", null);
        var token = JsonNode.Parse(await generated.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!;
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)token["token"]!);
        using var started = await http.PostAsJsonAsync("/v3/directline/conversations", new { user = new { } });
        started.EnsureSuccessStatusCode();
        return new(http, (string)token["conversationId"]!);
    }

    /// <summary>Returns when the turn is committed, its answer with it.</summary>
    public async Task SendAsync(object activity)
    {
        using var sent = await http.PostAsJsonAsync($"/v3/directline/conversations/{conversation}/activities", activity);
        sent.EnsureSuccessStatusCode();
    }
}
