using System.Security.Cryptography;
using Dapprox.Foundation;

namespace Dapprox.Networks.Data;

/// <summary>The progress of a download.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Received">The bytes received so far.</param>
/// <param name="Total">The length of the file in bytes.</param>
public readonly record struct DownloadProgress(string File, long Received, long Total);

/// <summary>Downloads one file over HTTP and accepts it only with the published length and checksum.</summary>
static class VerifiedDownload
{
    /// <summary>Downloads to <paramref name="path"/> and overwrites it; the caller removes it after a failure.</summary>
    /// <returns>Why the download failed; null for success. A disk error is thrown instead.</returns>
    public static async Task<string?> TryAsync(HttpClient client, Uri source, PublishedArchive archive, string path,
        IProgress<DownloadProgress>? progress, TimeSpan patience, CancellationToken cancellation)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        silence.CancelAfter(patience);
        var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        await using (file.ConfigureAwait(false))
        {
            try
            {
                using HttpResponseMessage response = await client.GetAsync(
                    source, HttpCompletionOption.ResponseHeadersRead, silence.Token).ConfigureAwait(false);
                if (!response.IsSuccessStatusCode)
                    return $"the server answered {(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd();
                Stream body = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
                await using (body.ConfigureAwait(false))
                {
                    using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                    byte[] buffer = new byte[128 * 1024];
                    long received = 0;
                    while (await body.ReadAsync(buffer, silence.Token).ConfigureAwait(false) is int count and > 0)
                    {
                        received += count;
                        if (received > archive.Length)
                            return $"more came than the {archive.Length} bytes of the published file";
                        silence.CancelAfter(patience);
                        hash.AppendData(buffer, 0, count);
                        Write(file, buffer.AsSpan(0, count));
                        progress?.Report(new DownloadProgress(archive.Name, received, archive.Length));
                    }

                    if (received < archive.Length)
                        return $"only {received} of {archive.Length} bytes came";
                    if (Convert.ToHexStringLower(hash.GetHashAndReset()) != archive.Sha256)
                        return "the checksum is not the published one";
                }
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return $"nothing came for {patience.TotalSeconds:0.#} seconds";
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                return e.Message.TrimEnd('.');
            }

            // An exception outside the network code is a disk error.
            file.Flush(flushToDisk: true);
            return null;
        }
    }

    /// <summary>A disk error must not be taken for a network error, after which another address is tried.</summary>
    static void Write(FileStream file, ReadOnlySpan<byte> bytes)
    {
        try
        {
            file.Write(bytes);
            file.Flush();
        }
        catch (IOException e)
        {
            throw new InputException(
                $"cannot write to '{Path.GetDirectoryName(file.Name)}': {e.Message.TrimEnd('.')}; choose a folder with room", e);
        }
    }
}
