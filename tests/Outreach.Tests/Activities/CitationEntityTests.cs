using System.Text.Json;
using Outreach.Activities;

namespace Outreach.Tests.Activities;

public sealed class CitationEntityTests
{
    private static readonly CitationClaim[] Claims =
    [
        new("《民法典》第二百七十八条", "2021年1月1日起施行", "《中华人民共和国民法典》", "https://law.example/278"),
        new("《物业管理条例》", "请向街道核实"),
    ];

    [Fact]
    public void The_entity_has_the_shape_that_Teams_and_Copilot_show()
    {
        var written = JsonSerializer.SerializeToElement(new Activity { Type = "message", Entities = [CitationEntity.Build(Claims)!] }, ActivityJson.Wire.Activity);

        var expected = JsonDocument.Parse("""
            {"type":"https://schema.org/Message","@type":"Message","@context":"https://schema.org","@id":"","citation":[
              {"@type":"Claim","position":1,"appearance":{"@type":"DigitalDocument","name":"《民法典》第二百七十八条","abstract":"2021年1月1日起施行",
                "text":"《中华人民共和国民法典》","url":"https://law.example/278"}},
              {"@type":"Claim","position":2,"appearance":{"@type":"DigitalDocument","name":"《物业管理条例》","abstract":"请向街道核实"}}]}
            """).RootElement;
        Assert.True(JsonElement.DeepEquals(expected, written.GetProperty("entities")[0]), written.ToString());
    }

    [Fact]
    public void Claims_come_back_in_order_after_a_round_trip()
    {
        var sent = new Activity { Type = "message", Entities = [new Entity { Type = "mention" }, CitationEntity.Build(Claims)!] };

        var read = JsonSerializer.Deserialize(JsonSerializer.Serialize(sent, ActivityJson.Wire.Activity), ActivityJson.Default.Activity)!;

        Assert.Equal(Claims, CitationEntity.Read(read));
    }

    [Theory]
    [InlineData("""{"type":"message"}""")]
    [InlineData("""{"type":"message","entities":[{"type":"https://schema.org/Message","citation":"none"}]}""")]
    [InlineData("""{"type":"message","entities":[{"type":"https://schema.org/Message","citation":[{"position":"x"}]}]}""")]
    public void Something_else_under_that_name_is_no_citation(string json) =>
        Assert.Empty(CitationEntity.Read(JsonSerializer.Deserialize(json, ActivityJson.Default.Activity)!));

    [Fact]
    public void No_claims_make_no_entity() => Assert.Null(CitationEntity.Build([]));
}
