package io.gatepost.testkit.dns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/// A name server on a UDP port of the loopback address that knows what it is told, for the whole
/// DNS: a name that it does not know does not exist.
public final class FakeMailDns implements AutoCloseable {

  /// Short, so that a test that changes a zone does not wait for it.
  private static final long TTL_SECONDS = 1;

  private static final int MAX_OCTETS = 4096;

  private final DatagramSocket socket;
  private final Map<Name, List<Record>> zones = new ConcurrentHashMap<>();
  private final Set<Question> silent = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService later =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("fake-dns-later").factory());
  private final Set<Name> silentZones = ConcurrentHashMap.newKeySet();
  private final Map<Name, Duration> slowZones = new ConcurrentHashMap<>();
  private final Map<Question, LongAdder> asked = new ConcurrentHashMap<>();
  private volatile Duration delay = Duration.ZERO;
  private final Set<Question> failing = ConcurrentHashMap.newKeySet();

  private record Question(Name name, int type) {}

  private FakeMailDns(DatagramSocket socket) {
    this.socket = socket;
  }

  /// Starts one that knows nothing.
  public static FakeMailDns start() {
    try {
      FakeMailDns dns = new FakeMailDns(new DatagramSocket(0, InetAddress.getLoopbackAddress()));
      Thread.ofPlatform().daemon().name("fake-dns").start(dns::serve);
      return dns;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Its address as a setting: `127.0.0.1:5353`.
  public String server() {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  /// A domain has a mail exchanger. A lone dot as host is a null MX (RFC 7505).
  public FakeMailDns mx(String domain, int preference, String host) {
    Name name = name(domain);
    return add(new MXRecord(name, DClass.IN, TTL_SECONDS, preference, name(host)));
  }

  /// A host has an IPv4 address.
  public FakeMailDns a(String host, String address) {
    try {
      return add(new ARecord(name(host), DClass.IN, TTL_SECONDS, InetAddress.getByName(address)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A host has an IPv6 address.
  public FakeMailDns aaaa(String host, String address) {
    try {
      return add(
          new AAAARecord(name(host), DClass.IN, TTL_SECONDS, InetAddress.getByName(address)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A host has an IPv4 address for so long.
  public FakeMailDns a(String host, String address, Duration ttl) {
    try {
      return add(
          new ARecord(name(host), DClass.IN, ttl.toSeconds(), InetAddress.getByName(address)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A name has a text.
  ///
  /// @param text a character for each octet, at most 255
  public FakeMailDns txt(String name, String text) {
    byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
    byte[] data = new byte[octets.length + 1];
    data[0] = (byte) octets.length;
    System.arraycopy(octets, 0, data, 1, octets.length);
    return add(Record.newRecord(name(name), Type.TXT, DClass.IN, TTL_SECONDS, data));
  }

  /// A name points to another.
  public FakeMailDns ptr(String name, String host) {
    return add(new PTRRecord(name(name), DClass.IN, TTL_SECONDS, name(host)));
  }

  /// A name is another's alias.
  public FakeMailDns cname(String name, String target) {
    return add(new CNAMERecord(name(name), DClass.IN, TTL_SECONDS, name(target)));
  }

  /// Nothing is known of a name any more.
  public void forget(String name) {
    zones.remove(name(name));
  }

  /// Returns how often the records of a type were asked for at a name and below it.
  public long asked(String zone, int type) {
    Name top = name(zone);
    return asked.entrySet().stream()
        .filter(each -> each.getKey().type() == type && each.getKey().name().subdomain(top))
        .mapToLong(each -> each.getValue().sum())
        .sum();
  }

  /// Questions below a name are not answered.
  public FakeMailDns silentBelow(String zone) {
    silentZones.add(name(zone));
    return this;
  }

  /// Questions below a name are answered again.
  public void healBelow(String zone) {
    silentZones.remove(name(zone));
  }

  /// Every answer below a name takes that long.
  public FakeMailDns slowBelow(String zone, Duration time) {
    slowZones.put(name(zone), time);
    return this;
  }

  /// Questions about a name are not answered.
  public FakeMailDns silent(String name) {
    return silent(name, Type.ANY);
  }

  /// Questions about the records of one type that a name has are not answered.
  ///
  /// @param type such as [Type#AAAA]; [Type#ANY] for all types
  public FakeMailDns silent(String name, int type) {
    silent.add(new Question(name(name), type));
    return this;
  }

  /// Questions about a name are answered with SERVFAIL.
  public FakeMailDns failing(String name) {
    return failing(name, Type.ANY);
  }

  /// Questions about the records of one type that a name has are answered with SERVFAIL.
  ///
  /// @param type as for [#silent]
  public FakeMailDns failing(String name, int type) {
    failing.add(new Question(name(name), type));
    return this;
  }

  /// Every answer takes that long.
  public FakeMailDns slow(Duration time) {
    delay = time;
    return this;
  }

  /// Questions about a name are answered again.
  public void heal(String name) {
    Name healed = name(name);
    silent.removeIf(question -> question.name().equals(healed));
    failing.removeIf(question -> question.name().equals(healed));
  }

  @Override
  public void close() {
    later.shutdownNow();
    socket.close();
  }

  private FakeMailDns add(Record rr) {
    zones.computeIfAbsent(rr.getName(), any -> new CopyOnWriteArrayList<>()).add(rr);
    return this;
  }

  private void serve() {
    byte[] buffer = new byte[MAX_OCTETS];
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        Message query = new Message(java.util.Arrays.copyOf(buffer, packet.getLength()));
        Record question = query.getQuestion();
        count(question);
        if (!has(silent, question)
            && silentZones.stream().noneMatch(question.getName()::subdomain)) {
          byte[] answer = answer(query).toWire(MAX_OCTETS);
          send(
              new DatagramPacket(answer, answer.length, packet.getSocketAddress()),
              delayOf(question.getName()));
        }
      } catch (IOException e) {
        if (!socket.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void count(Record question) {
    asked
        .computeIfAbsent(new Question(question.getName(), question.getType()), _ -> new LongAdder())
        .increment();
  }

  private Duration delayOf(Name name) {
    return slowZones.entrySet().stream()
        .filter(slow -> name.subdomain(slow.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(delay);
  }

  private void send(DatagramPacket answer, Duration after) throws IOException {
    if (after.isZero()) {
      socket.send(answer);
      return;
    }
    later.schedule(
        () -> {
          socket.send(answer);
          return null;
        },
        after.toNanos(),
        TimeUnit.NANOSECONDS);
  }

  private static boolean has(Set<Question> some, Record question) {
    return some.contains(new Question(question.getName(), question.getType()))
        || some.contains(new Question(question.getName(), Type.ANY));
  }

  private Message answer(Message query) {
    Record question = query.getQuestion();
    Message answer = new Message(query.getHeader().getID());
    answer.getHeader().setFlag(Flags.QR);
    answer.getHeader().setFlag(Flags.RD);
    answer.getHeader().setFlag(Flags.RA);
    answer.addRecord(question, Section.QUESTION);
    if (has(failing, question)) {
      answer.getHeader().setRcode(Rcode.SERVFAIL);
      return answer;
    }
    List<Record> known = zones.getOrDefault(question.getName(), List.of());
    List<Record> found = known.stream().filter(rr -> rr.getType() == question.getType()).toList();
    found.forEach(rr -> answer.addRecord(rr, Section.ANSWER));
    for (Record rr : known) {
      if (found.isEmpty() && rr instanceof CNAMERecord alias) {
        answer.addRecord(alias, Section.ANSWER);
        zones.getOrDefault(alias.getTarget(), List.of()).stream()
            .filter(each -> each.getType() == question.getType())
            .forEach(each -> answer.addRecord(each, Section.ANSWER));
      }
    }
    if (found.isEmpty()) {
      answer.addRecord(startOfAuthority(), Section.AUTHORITY); // RFC 2308: how long to remember
    }
    if (known.isEmpty()) {
      answer.getHeader().setRcode(Rcode.NXDOMAIN);
    }
    return answer;
  }

  private static Record startOfAuthority() {
    Name root = Name.root;
    return new SOARecord(root, DClass.IN, TTL_SECONDS, root, root, 1, 1, 1, 1, TTL_SECONDS);
  }

  private static Name name(String text) {
    try {
      return Name.fromString(text.endsWith(".") ? text : text + ".");
    } catch (TextParseException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
