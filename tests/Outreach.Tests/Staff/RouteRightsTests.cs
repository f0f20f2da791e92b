using System.Net;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace Outreach.Tests.Staff;

/// <summary>Every route of the running program, as it lists them itself, as every role and for rows of another street, against the table of who may.</summary>
public sealed class RouteRightsTests(TwoStreets site) : IClassFixture<TwoStreets>
{
    [Fact]
    public async Task Every_route_answers_the_roles_that_the_table_names_and_no_other()
    {
        var problems = new List<string>();
        var routes = Routes().ToList();
        problems.AddRange(routes.Where(route => !RouteTable.Rules.ContainsKey(route.Key)).Select(route => $"not in the table: {route.Key}"));
        problems.AddRange(RouteTable.Rules.Keys.Except(routes.Select(route => route.Key)).Select(key => $"in the table, but no such route: {key}"));
        foreach (var route in routes)
            if (RouteTable.Rules.TryGetValue(route.Key, out var rule))
                foreach (var method in route.Methods)
                {
                    var address = site.Mine.Fill(route.Pattern);
                    await ExpectAsync(problems, site.Nobody, "anonymous", method, address,
                        status => rule.May is null || status is HttpStatusCode.Redirect or HttpStatusCode.Unauthorized, rule.May is null ? Door.Any : Door.Ours, "李女", "13900000007");
                    if (rule.May is { } may)
                        foreach (var (role, client) in site.Members)
                            await ExpectAsync(problems, client, role.ToString(), method, address,
                                status => !may.HasFlag(role) ? status == HttpStatusCode.Forbidden
                                    : method == HttpMethod.Post ? status == HttpStatusCode.BadRequest      // no token of a form: refused, but not for the role
                                    : status == rule.Shown, Door.NotOurs, [.. RouteTable.Owners.HasFlag(role) ? Array.Empty<string>() : ["李女"], "13900000007", "赵先"]);
                }

        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    [Fact]
    public async Task A_row_of_another_street_is_not_there_for_any_route_and_no_form_changes_it()
    {
        var problems = new List<string>();
        var token = await site.TokenAsync();
        var before = await site.RowsAsync();
        foreach (var route in Routes())
            if (RouteTable.Rules.TryGetValue(route.Key, out var rule) && rule.May is not null)
                foreach (var method in route.Methods)
                {
                    if (method == HttpMethod.Post && route.IsPage ? rule.Handlers.Count == 0 : rule.At == RouteRow.None && rule.Fields.Count == 0)
                        continue;
                    var address = site.Theirs.Fill(route.Pattern);
                    foreach (var handler in method == HttpMethod.Post && rule.Handlers.Count > 0 ? rule.Handlers : (IReadOnlyList<string?>)[null])
                    {
                        using var answer = method == HttpMethod.Get
                            ? await site.Neighbour.GetAsync(address, StaffSeeds.Stop)
                            : await site.Neighbour.PostAsync(address, Form(token, handler, rule), StaffSeeds.Stop);
                        var text = await answer.Content.ReadAsStringAsync(StaffSeeds.Stop);
                        // A page that is not there has no form either.
                        if (answer.StatusCode != rule.Outside && !(method == HttpMethod.Post && handler is not null && answer.StatusCode == HttpStatusCode.BadRequest))
                            problems.Add($"{method} {address} {handler}: {(int)answer.StatusCode}, not {(int)rule.Outside}");
                        if (TwoStreets.TheirWords.FirstOrDefault(word => text.Contains(word, StringComparison.Ordinal)) is { } word)
                            problems.Add($"{method} {address} {handler} says {word}");
                    }
                    if (await site.RowsAsync() is var after && after != before)
                    {
                        problems.Add($"{method} {address} changed rows of another street: {string.Join(" ; ", after.Split('\n').Except(before.Split('\n')))}");
                        before = after;
                    }
                }

        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    [Fact]
    public async Task Nobody_of_another_street_is_reset_deactivated_or_let_in_again_from_here()
    {
        var token = await site.TokenAsync();
        var before = await site.RowsAsync();

        foreach (var step in new[] { "reset", "deactivate", "reactivate", "end" })
        {
            using var answer = await site.Neighbour.PostAsync("/staff/people", Form(token, $"{step}-{site.TheirMember}", RouteTable.Rules["PAGE /staff/people"]), StaffSeeds.Stop);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }

        Assert.Equal(before, await site.RowsAsync());
    }

    private IEnumerable<Route> Routes() => site.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null && endpoint.RoutePattern.RawText?.Contains("_framework", StringComparison.Ordinal) is not true)
        .SelectMany(endpoint =>
        {
            var pattern = "/" + endpoint.RoutePattern.RawText!.Trim('/');
            return endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null
                ? [new Route($"PAGE {pattern}", pattern, [HttpMethod.Get, HttpMethod.Post])]
                : (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method => new Route($"{method} {pattern}", pattern, [new HttpMethod(method)]));
        })
        .DistinctBy(route => route.Key);

    private static async Task ExpectAsync(List<string> problems, HttpClient client, string who, HttpMethod method, string address, Func<HttpStatusCode, bool> isRight, Door door, params string[] hidden)
    {
        using var request = new HttpRequestMessage(method, address);
        if (method == HttpMethod.Post)
            request.Content = new MultipartFormDataContent { { new StringContent("1"), "x" } };      // no token of a form
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, StaffSeeds.Stop);
        if (answer.StatusCode == HttpStatusCode.OK && answer.Content.Headers.ContentType?.MediaType == "text/html")
            foreach (var word in hidden)
                if ((await answer.Content.ReadAsStringAsync(StaffSeeds.Stop)).Contains(word, StringComparison.Ordinal))
                    problems.Add($"{who}: {method} {address} says {word}");
        if (!isRight(answer.StatusCode) || (int)answer.StatusCode >= 500)
            problems.Add($"{who}: {method} {address}: {(int)answer.StatusCode}");
        else if (answer.StatusCode == HttpStatusCode.Redirect && door != Door.Any && answer.Headers.Location!.OriginalString.Contains("/staff/sign-in", StringComparison.Ordinal) != (door == Door.Ours))
            problems.Add($"{who}: {method} {address} leads to {answer.Headers.Location}");
    }

    private FormUrlEncodedContent Form(string token, string? handler, RouteRule rule) => new(
        rule.Fields.Select(field => KeyValuePair.Create(field.Name, site.Theirs.Fill(field.Value)))
            .Append(KeyValuePair.Create("__RequestVerificationToken", token))
            .Concat(handler is null ? [] : [KeyValuePair.Create("_handler", handler)]));

    /// <summary>Whether a redirect must lead to the page where one signs in.</summary>
    private enum Door { Any, Ours, NotOurs }

    private sealed record Route(string Key, string Pattern, IReadOnlyList<HttpMethod> Methods)
    {
        public bool IsPage => Methods.Count > 1;
    }
}
