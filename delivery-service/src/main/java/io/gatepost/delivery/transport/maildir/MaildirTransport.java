package io.gatepost.delivery.transport.maildir;

import io.gatepost.contract.content.StoredContent;
import io.gatepost.contract.content.TransformedContent;
import io.gatepost.contract.content.UnreadableContentException;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.RecipientOutcome.Handover;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.delivery.transport.ContentView;
import io.gatepost.delivery.transport.ContentView.Form;
import io.gatepost.delivery.transport.Transport;
import io.gatepost.smtp.mime.Conversion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;

/// Writes messages into Maildirs: into `tmp`, synced, then renamed into `new`. The content is the
/// message octet for octet as the client sent it, dots undoubled, lines in CRLF, or 7-bit where it
/// was binary, below `Return-Path` and a `Delivered-To` for each address that led here, up to 100.
/// A mailbox gets one copy of a message, by however many addresses it is meant: a stranger who
/// knows one address knows thousands (`ann+1`, `ann+2`, …). The file's name comes from the queue
/// id, so an attempt that is repeated after a crash finds its own file and does not deliver twice.
public final class MaildirTransport implements Transport<Destination.Mailbox> {

  private static final Logger log = LoggerFactory.getLogger(MaildirTransport.class);
  private static final int CONCURRENT_WRITES = 64;

  /// Where no write has ended for so long the disk hangs: what waits is deferred.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// Where none has ended for so long a message that may as well be queued is.
  private static final Duration HANGING = Duration.ofSeconds(1);

  /// The same where so many wait for each.
  private static final int CROWD = 4;

  private static final int MAX_REMEMBERED = 10_000;

  /// Neither a restart nor another instance that takes over is as quick as this.
  private static final Duration FIRST_ATTEMPT = Duration.ofSeconds(2);

  private static final int MAX_NAMED = 100;

  private static final Reply DELIVERED = Reply.of(250, "2.0.0", "delivered to mailbox");
  private static final List<String> PARTS = List.of("tmp", "new", "cur");
  private static final Reply UNWRITABLE = Reply.of(451, "4.2.0", "Mailbox cannot be written");

  private final Path root;
  private final DurableDirectories directories;
  private final Queue queue;
  private final Executor threads;
  private final InstantSource clock;

  /// Mailboxes whose directories this process has synced.
  private final Set<Path> durable = ConcurrentHashMap.newKeySet();

  private final TemporaryFiles temporaries = new TemporaryFiles();
  private final Semaphore slots;
  private final int writes;
  private final Duration patience;

  /// When a write last began or ended.
  private volatile long movedNanos = System.nanoTime();

  /// @param root holds `<domain>/<user>/{tmp,new,cur}`
  /// @param threads virtual threads, as writing blocks
  public MaildirTransport(Path root, Queue queue, Executor threads, InstantSource clock) {
    this(root, queue, threads, clock, CONCURRENT_WRITES, PATIENCE);
  }

  /// @param writes at a time at most
  /// @param patience how long a message waits for one of them to end
  MaildirTransport(
      Path root,
      Queue queue,
      Executor threads,
      InstantSource clock,
      int writes,
      Duration patience) {
    this.slots = new Semaphore(writes);
    this.writes = writes;
    this.patience = patience;
    this.root = root.toAbsolutePath().normalize();
    this.directories = new DurableDirectories(this.root, DurableDirectories::syncFile);
    this.clock = clock;
    this.queue = queue;
    this.threads = threads;
  }

  @Override
  public void deliver(
      EnvelopeRecord message,
      List<Recipient> recipients,
      Destination.Mailbox mailbox,
      Receiver ended) {
    threads.execute(() -> new Copy(message, recipients, mailbox, ended).begin());
  }

  /// Why a message would have to wait; empty where it can be written now. The disk may hang, or
  /// take less than it is given.
  public Optional<Why> against() {
    if (slots.availablePermits() > 0) {
      return Optional.empty();
    }
    boolean hangs = System.nanoTime() - movedNanos > HANGING.toNanos();
    return hangs || slots.getQueueLength() >= CROWD * writes
        ? Optional.of(Why.BUSY)
        : Optional.empty();
  }

  /// One message's way into one mailbox.
  private final class Copy {
    private final EnvelopeRecord message;
    private final List<Recipient> recipients;
    private final Destination.Mailbox mailbox;
    private final Receiver ended;
    private final String name;

    Copy(
        EnvelopeRecord message,
        List<Recipient> recipients,
        Destination.Mailbox mailbox,
        Receiver ended) {
      this.message = message;
      this.recipients = recipients;
      this.mailbox = mailbox;
      this.ended = ended;
      this.name = name(message);
    }

    void begin() {
      within(() -> {
        if (!ended.isWanted()) {
          return Optional.of(brokenOff());
        }
        Path maildir = maildir(mailbox);
        if (wasDelivered(message, maildir, name)) {
          return Optional.of(delivered());
        }
        write(maildir);
        PreparedCopy part = new PreparedCopy(recipients);
        ended.prepared(part);
        if (part.isStanding()) { // whoever decides may not block
          part.decision().thenAcceptAsync(goes -> end(maildir, goes), threads);
          return Optional.empty();
        }
        return Optional.of(ended(maildir, part.decision().join()));
      });
    }

    private void end(Path maildir, boolean goes) {
      within(() -> Optional.of(ended(maildir, goes)));
    }

    private List<RecipientOutcome> ended(Path maildir, boolean goes) throws IOException {
      if (goes) {
        publish(maildir);
        return delivered();
      }
      temporaries.delete(temporary(maildir), this);
      return brokenOff();
    }

    private Path temporary(Path maildir) {
      return maildir.resolve("tmp").resolve(name);
    }

    private void write(Path maildir) throws IOException {
      Path temporary = temporary(maildir);
      temporaries.own(temporary, this);
      try {
        MaildirTransport.this.write(message, recipients, temporary);
      } catch (IOException | RuntimeException e) {
        temporaries.delete(temporary, this); // the disk may be full
        throw e;
      }
    }

    private void publish(Path maildir) throws IOException {
      Path temporary = temporary(maildir);
      try {
        Files.move(temporary, maildir.resolve("new").resolve(name), StandardCopyOption.ATOMIC_MOVE);
        temporaries.leave(temporary, this);
      } catch (AtomicMoveNotSupportedException e) {
        temporaries.delete(temporary, this);
        throw new IOException("tmp and new of " + mailbox.name() + " are on different disks", e);
      } catch (IOException e) {
        temporaries.delete(temporary, this);
        throw e;
      }
      DurableDirectories.syncFile(maildir.resolve("new"));
    }

    private List<RecipientOutcome> brokenOff() {
      return deferred(recipients, Reason.DESTINATION_BUSY, Replies.ATTEMPT_BROKEN_OFF);
    }

    private List<RecipientOutcome> delivered() {
      return all(
          recipients,
          recipient ->
              new RecipientOutcome.Delivered(
                  recipient, mailbox.name(), DELIVERED, Handover.MAILBOX));
    }

    /// Takes a step that has one of the writes that there may be at a time.
    private void within(Step step) {
      QueueId id = message.envelope().id();
      Optional<List<RecipientOutcome>> outcomes;
      if (!hasSlot()) {
        log.error("qid={} mailbox {} waits for writes that do not end", id, mailbox.name());
        ended.accept(deferred(recipients, Reason.MAILBOX_UNAVAILABLE, UNWRITABLE));
        return;
      }
      movedNanos = System.nanoTime();
      try {
        outcomes = step.take();
      } catch (UnreadableContentException e) {
        log.error("qid={} content cannot be read, the message is held: {}", id, e.getMessage());
        outcomes = Optional.of(deferred(recipients, e.reason(), Replies.CONTENT_UNREADABLE));
      } catch (IOException | RuntimeException e) {
        log.error("qid={} mailbox {} cannot be written", id, mailbox.name(), e);
        outcomes = Optional.of(deferred(recipients, Reason.MAILBOX_UNAVAILABLE, UNWRITABLE));
      } finally {
        movedNanos = System.nanoTime();
        slots.release();
      }
      outcomes.ifPresent(ended);
    }
  }

  /// A step towards the outcomes; without them where it waits for somebody.
  @FunctionalInterface
  private interface Step {
    Optional<List<RecipientOutcome>> take() throws IOException;
  }

  private boolean hasSlot() {
    try {
      return slots.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // by a stop: the log still has the message
      return false;
    }
  }

  private static List<RecipientOutcome> deferred(
      List<Recipient> recipients, Reason reason, Reply reply) {
    return all(recipients, recipient -> new RecipientOutcome.Deferred(recipient, reason, reply));
  }

  private static List<RecipientOutcome> all(
      List<Recipient> recipients, Function<Recipient, RecipientOutcome> outcome) {
    return recipients.stream().map(outcome).toList();
  }

  private Path maildir(Destination.Mailbox mailbox) throws IOException {
    Path domain = root.resolve(mailbox.domain().text()).normalize();
    Path maildir = domain.resolve(mailbox.user()).normalize();
    if (!isBelow(domain, root) || !isBelow(maildir, domain) || mailbox.user().startsWith(".")) {
      throw new IOException("mailbox name \"" + mailbox.user() + "\" leaves its domain");
    }
    if (!durable.contains(maildir) || !isThere(maildir)) {
      create(maildir);
    }
    return maildir;
  }

  private static boolean isBelow(Path path, Path directory) {
    return path.startsWith(directory) && !path.equals(directory);
  }

  /// Somebody may have moved it away.
  private static boolean isThere(Path maildir) {
    return PARTS.stream().allMatch(part -> Files.isDirectory(maildir.resolve(part)));
  }

  private void create(Path maildir) throws IOException {
    directories.make(maildir, PARTS);
    TemporaryFiles.sweep(maildir.resolve("tmp"), clock.instant());
    if (durable.size() >= MAX_REMEMBERED) {
      durable.clear();
    }
    durable.add(maildir);
  }

  static String name(EnvelopeRecord message) {
    var envelope = message.envelope();
    return envelope.arrivedAt().getEpochSecond() + "." + envelope.id() + TemporaryFiles.SUFFIX;
  }

  /// Also when the reader has moved it to `cur` and given it flags; that is looked for only where
  /// the message is old enough for an earlier attempt to have been forgotten, as `cur` may be huge.
  private boolean wasDelivered(EnvelopeRecord message, Path maildir, String name)
      throws IOException {
    if (Files.exists(maildir.resolve("new").resolve(name))) {
      DurableDirectories.syncFile(
          maildir.resolve("new")); // whoever delivered it may have been killed before that
      return true;
    }
    if (clock.instant().isBefore(message.envelope().arrivedAt().plus(FIRST_ATTEMPT))) {
      return false;
    }
    try (var read = Files.newDirectoryStream(maildir.resolve("cur"), name + "*")) {
      return read.iterator().hasNext();
    }
  }

  private void write(EnvelopeRecord message, List<Recipient> recipients, Path temporary)
      throws IOException {
    try (FileChannel file =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      append(file, trace(message, recipients).getBytes(StandardCharsets.UTF_8));
      ContentView view = ContentView.of(message.envelope(), Form.PLAIN, conversion(message));
      switch (message.envelope().content()) {
        case ContentRef.Inline _ -> append(file, view.whole(message.content()));
        case ContentRef.Stored stored -> {
          // Closing the stream ends the reading where the writing fails.
          try (Stream<DataBuffer> pieces =
              TransformedContent.of(StoredContent.read(queue, stored), view::transform)
                  .toStream(4)) {
            for (Iterator<DataBuffer> each = pieces.iterator(); each.hasNext(); ) {
              append(file, StoredContent.octets(each.next()));
            }
          }
        }
      }
      file.force(true);
    }
  }

  /// Readers of Maildirs end lines as they like, which binary content does not survive.
  private static Conversion conversion(EnvelopeRecord message) {
    return message.envelope().parameters().body() == BodyType.BINARY_MIME
        ? Conversion.SEVEN_BIT
        : Conversion.NONE;
  }

  private static String trace(EnvelopeRecord message, List<Recipient> recipients) {
    StringBuilder trace = new StringBuilder();
    trace.append("Return-Path: <").append(message.envelope().sender()).append(">\r\n");
    recipients.stream()
        .limit(MAX_NAMED)
        .forEach(
            recipient -> trace.append("Delivered-To: ").append(recipient.address()).append("\r\n"));
    return trace.toString();
  }

  private static void append(FileChannel file, byte[] octets) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(octets);
    while (buffer.hasRemaining()) {
      file.write(buffer);
    }
  }
}
