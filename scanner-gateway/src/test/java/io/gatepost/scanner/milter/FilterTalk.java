package io.gatepost.scanner.milter;

import io.gatepost.testkit.scanner.Talk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A filter's side of one connection, packet by packet.
final class FilterTalk {

  /// All steps are told, and none is answered but the end of the message.
  static final int SILENT =
      Protocol.NR_CONN
          | Protocol.NR_HELO
          | Protocol.NR_MAIL
          | Protocol.NR_RCPT
          | Protocol.NR_DATA
          | Protocol.NR_HDR
          | Protocol.NR_EOH
          | Protocol.NR_BODY;

  private final Talk talk;
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final ByteArrayOutputStream message = new ByteArrayOutputStream();
  private boolean isInBody;

  FilterTalk(Talk talk) {
    this.talk = talk;
  }

  /// Takes the offer, and agrees.
  FilterTalk agree(int version, int actions, int steps, byte... symbols) throws IOException {
    hear();
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    Packet.writeInt(data, version);
    Packet.writeInt(data, actions);
    Packet.writeInt(data, steps);
    data.writeBytes(symbols);
    say('O', data.toByteArray());
    return this;
  }

  /// Takes the next packet; as text, with `|` for each NUL.
  String hear() throws IOException {
    int length = (int) talk.readNumber();
    byte[] packet = talk.read(length);
    char command = (char) packet[0];
    String data = new String(packet, 1, length - 1, StandardCharsets.ISO_8859_1);
    keep(command, data);
    heard.add(command == 'B' ? "B " + (length - 1) : command + " " + data.replace('\0', '|'));
    return heard.getLast();
  }

  /// Takes packets up to that command, and answers none.
  FilterTalk hearTo(char command) throws IOException {
    while (hear().charAt(0) != command) {
      // goes on
    }
    return this;
  }

  /// Takes packets up to that command, and answers those before it with "continue", macros and
  /// goodbyes aside.
  FilterTalk goOnTo(char command) throws IOException {
    while (true) {
      char heardNow = hear().charAt(0);
      if (heardNow == command) {
        return this;
      }
      if ("DAQK".indexOf(heardNow) < 0) {
        say('c');
      }
    }
  }

  void say(char command, String... strings) throws IOException {
    talk.write(Packet.of(command, strings).wire());
  }

  void say(char command, byte[] data) throws IOException {
    talk.write(new Packet(command, data).wire());
  }

  /// A change of a field.
  void say(char command, int index, String name, String value) throws IOException {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    Packet.writeInt(data, index);
    Packet.writeString(data, name);
    Packet.writeString(data, value);
    say(command, data.toByteArray());
  }

  /// All that was heard.
  List<String> heard() {
    return List.copyOf(heard);
  }

  /// The commands of all that was heard, macros aside.
  String commands() {
    StringBuilder commands = new StringBuilder();
    heard.stream()
        .map(each -> each.charAt(0))
        .filter(each -> each != 'D')
        .forEach(commands::append);
    return commands.toString();
  }

  /// The message that was heard last.
  byte[] message() {
    return message.toByteArray();
  }

  private void keep(char command, String data) {
    switch (command) {
      case 'M' -> {
        message.reset();
        isInBody = false;
      }
      case 'L' -> {
        String[] field = data.split("\0", -1);
        write(field[0] + ": " + field[1].replace("\n", "\r\n") + "\r\n");
      }
      case 'B' -> {
        if (!isInBody) {
          write("\r\n");
          isInBody = true;
        }
        write(data);
      }
      default -> {}
    }
  }

  private void write(String text) {
    message.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
