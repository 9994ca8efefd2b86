package io.gatepost.contract.queue;

import io.gatepost.contract.content.ContentSource;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.AppendLimit;
import java.util.List;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.annotation.PostExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The log of envelopes and the content store. Answered by queue-service, the only writer of the
/// envelope topics. `Conclude` and `Complete` are idempotent by queue id and generation, for as
/// long as the generation's record can be read again. `Enqueue` is so among calls within ten
/// minutes; after that the second record is not attempted once the first has ended.
@HttpExchange
public interface Queue extends ContentSource {

  /// The media type of records with content inside: length-prefixed frames, never base64 in JSON.
  String FRAMES = "application/vnd.gatepost.frames";

  /// The path of [#getContent].
  String GET_CONTENT = "/gatepost.queue.v1.Queue/GetContent";

  /// The path of [#getRange].
  String GET_RANGE = "/gatepost.queue.v1.Queue/GetRange";

  /// The most octets that [#getRange] gives at a time.
  int MAX_RANGE = 1024 * 1024;

  /// Puts a message on the log. When it returns, the record is durable at the configured level, and
  /// so is its content, wherever that is; the client may be told 250 where the append time keeps
  /// the limit. Fails with `RESOURCE_EXHAUSTED` where there is no room, as for [#putContent], and
  /// with `UNAVAILABLE` where the log cannot be written: then the message is not on it. After
  /// `UNKNOWN` and `DEADLINE_EXCEEDED` it may be; the same call again tells.
  ///
  /// @param limit until when the append counts; past it the record is not delivered
  @PostExchange(
      url = "/gatepost.queue.v1.Queue/Enqueue",
      contentType = FRAMES,
      accept = "application/json")
  Mono<Enqueued> enqueue(
      @RequestBody EnvelopeRecord message, @RequestHeader(AppendLimit.HEADER) AppendLimit limit);

  /// Ends a generation in one transaction. When it returns, all of it is durable; then the offset
  /// may move on. A generation that has ended is not ended again: a repeat succeeds and writes
  /// nothing. Fails with `ABORTED` where the partition has another owner by now, and then nothing
  /// of it is ever written; with `UNAVAILABLE` where it may or may not have been.
  @PostExchange(url = "/gatepost.queue.v1.Queue/Conclude", contentType = FRAMES)
  Mono<Void> conclude(@RequestBody Conclusion conclusion);

  /// Tells which generations are done with, after their offsets were committed; their stored
  /// content is deleted.
  @PostExchange(url = "/gatepost.queue.v1.Queue/Complete", contentType = "application/json")
  Mono<Void> complete(@RequestBody List<Completion> completions);

  /// Streams content in wire form into its final resting place, at the sender's speed. Not synced:
  /// [#enqueue] does that. A cancelled or failed stream leaves nothing behind. An existing content
  /// of that id is replaced. Fails with `RESOURCE_EXHAUSTED` below the disk reserve, and always
  /// where messages are to be replicated: the content store is not.
  @PostExchange(
      url = "/gatepost.queue.v1.Queue/PutContent",
      contentType = "application/octet-stream",
      accept = "application/json")
  Mono<ContentRef.Stored> putContent(
      @RequestHeader("gatepost-queue-id") QueueId id, @RequestBody Flux<DataBuffer> content);

  /// Streams stored content, octet for octet as it was put. Fails with `NOT_FOUND` where there is
  /// none.
  @Override
  @GetExchange(url = GET_CONTENT, accept = "application/octet-stream")
  Flux<DataBuffer> getContent(@RequestParam("id") QueueId id);

  /// Gives a part of stored content: fewer octets than asked for at its end, none or an empty
  /// answer behind it. For those who read content at their own speed, and would hold a connection
  /// for as long. Fails with `NOT_FOUND` where there is none, and with `INVALID_ARGUMENT` for a
  /// range that is none.
  ///
  /// @param from how many octets stand before it
  /// @param octets 1 to [#MAX_RANGE]
  @GetExchange(url = GET_RANGE, accept = "application/octet-stream")
  Mono<byte[]> getRange(
      @RequestParam("id") QueueId id,
      @RequestParam("from") long from,
      @RequestParam("octets") int octets);

  /// Deletes content that no envelope refers to: the message was not accepted after all. No error
  /// where there is none.
  @PostExchange("/gatepost.queue.v1.Queue/DeleteContent")
  Mono<Void> deleteContent(@RequestParam("id") QueueId id);

  /// Appends an envelope again, as it is, behind everything that is due, so that the offset of a
  /// slow attempt need not be waited for: when the copy comes by, it joins the attempt that runs.
  /// Where it fails, the copy may be there all the same, or get there within seconds.
  @PostExchange(
      url = "/gatepost.queue.v1.Queue/CarryForward",
      contentType = FRAMES,
      accept = "application/json")
  Mono<Carried> carryForward(@RequestBody EnvelopeRecord message);

  /// Puts a message into the quarantine: nobody gets it unless an operator releases it. When it
  /// returns, the message and why it was put aside are durable; a repeat answers as the first call
  /// did. Content that the message has in the content store stays there as well, and is the
  /// caller's to delete, or that of the generation to which it belongs. Fails with
  /// `RESOURCE_EXHAUSTED` where there is no room or the quarantine's bounds are reached, with
  /// `NOT_FOUND` where the content is gone, with `UNAVAILABLE` where the database or the content
  /// store cannot take it, and with `INVALID_ARGUMENT` where the quarantine is switched off.
  @PostExchange(
      url = "/gatepost.queue.v1.Queue/PutAside",
      contentType = FRAMES,
      accept = "application/json")
  Mono<Held> putAside(@RequestBody PutAside message);
}
