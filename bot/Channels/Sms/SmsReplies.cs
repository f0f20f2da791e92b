using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Channels.Sms;

/// <summary>
/// What people answer to a text message, as the vendor reports it: a word like T or 退订 opts the phone out, everything else is only acknowledged; and the receipts, which
/// come to the same address (<see cref="SmsReceipts"/>). The vendors do not sign these reports; the word in the address (<c>CallbackKey</c>) is the proof.
/// </summary>
internal sealed partial class SmsReplies(SmsVendors vendors, SmsReceipts receipts, NoticeAddresses addresses, OptOuts optOuts, IDbContextFactory<OutreachDb> databases, ChannelMeter meter, TimeProvider clock,
    Activities.ChannelReports reports, ILogger<SmsReplies> logger)
{
    private const int MaxBytes = 256 * 1024;
    private const int MaxReplies = 500;

    public async Task<IResult> ReceiveAsync(HttpRequest request, string vendorName, string key, CancellationToken cancellationToken)
    {
        if (vendors.Find(vendorName) is not { Settings.CallbackKey: { Length: > 0 } wanted } vendor
            || !CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(wanted)), SHA256.HashData(Encoding.UTF8.GetBytes(key))))
        {
            meter.Refused(SmsChannel.ChannelId, "key");
            return Results.NotFound();
        }
        if (await LimitedBody.ReadAsync(request, MaxBytes, cancellationToken) is not { } body)
        {
            meter.Refused(SmsChannel.ChannelId, "size");
            return Results.StatusCode(StatusCodes.Status413PayloadTooLarge);
        }
        if (Parse(body.Span) is not { } reported)
        {
            meter.Refused(SmsChannel.ChannelId, "unreadable");
            return Results.BadRequest();
        }
        meter.Received(SmsChannel.ChannelId);
        reports.Find(SmsChannel.ChannelId, vendor.Name)?.Received(clock.GetUtcNow());
        foreach (var receipt in reported.Where(SmsReceipts.IsReceipt))
            await receipts.TakeAsync(receipt, CancellationToken.None);
        var phones = reported.Where(report => !SmsReceipts.IsReceipt(report) && IsStop(Field(report, "content", "text"))).Select(report => SmsPhone.Normalise(Field(report, "phone_number", "mobile"))).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        if (phones.Count > 0)
            await StopAsync(phones);
        return Results.Json(new JsonObject { ["code"] = 0, ["msg"] = "ok", ["result"] = 0, ["errmsg"] = "OK" });      // what either vendor wants to read
    }

    private async Task StopAsync(List<string> phones)
    {
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        var stopped = await db.WriteAsync(async () =>
        {
            var count = 0;
            foreach (var phone in phones)
                foreach (var contact in await addresses.ContactsOfAsync(db, SmsChannel.ChannelId, phone, CancellationToken.None))
                {
                    await optOuts.SetAsync(db, contact, CancellationToken.None);
                    count++;
                }
            await db.SaveChangesAsync(CancellationToken.None);
            return count;
        }, CancellationToken.None);
        Stopped(stopped);
    }

    /// <summary>T, TD, R, N, 退订 and the like, alone: a sentence that mentions one is no order.</summary>
    internal static bool IsStop(string text) =>
        text.Normalize(NormalizationForm.FormKC).Trim().TrimEnd('。', '.', '!', '！').ToUpperInvariant() is "T" or "TD" or "R" or "N" or "Q" or "退订" or "拒收" or "取消订阅" or "取消" or "不要发了";

    /// <summary>Aliyun reports an array of <c>{phone_number, content}</c>, Tencent one object <c>{mobile, text}</c>; receipts are arrays. Null: neither.</summary>
    private static List<JsonObject>? Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            var read = JsonNode.Parse(body);
            JsonNode?[] all = read switch
            {
                JsonArray { Count: <= MaxReplies } many => [.. many],
                JsonObject one => [one],
                _ => [],
            };
            return all.Length == 0 ? null : [.. all.OfType<JsonObject>()];
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Field(JsonObject reply, string name, string other) =>
        (reply[name] ?? reply[other]) is JsonValue value ? value.ToString() : "";

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} phones left the notices by a reply")]
    private partial void Stopped(int count);
}
