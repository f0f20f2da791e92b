using Outreach.Knowledge.Search;

namespace Outreach.Tests.Knowledge;

public sealed class RankerModelTests
{
    [Fact]
    public void What_is_written_is_read_back()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, (new RankerModel { FittedFrom = "a test", AnswerAt = .7f }).ToJson());

            var model = RankerModel.Load(path);

            Assert.Equal(("a test", .7f), (model.FittedFrom, model.AnswerAt));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("{\"version\":999}")]
    [InlineData("{\"version\":1,\"ranker\":[1,2]}")]
    [InlineData("null")]
    public void A_file_of_another_kind_leaves_the_built_in_numbers(string json)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, json);

            Assert.Equal(new RankerModel().FittedFrom, RankerModel.Load(path).FittedFrom);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
