using QRCoder;

namespace Outreach.Staff;

internal static class QrCode
{
    /// <summary>A QR code as a <c>data:</c> PNG: no request, no script.</summary>
    public static string DataUri(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using var png = new PngByteQRCode(data);
        return $"data:image/png;base64,{Convert.ToBase64String(png.GetGraphic(8))}";
    }
}
