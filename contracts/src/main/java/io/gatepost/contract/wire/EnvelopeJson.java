package io.gatepost.contract.wire;

import static io.gatepost.contract.wire.JsonText.required;
import static io.gatepost.contract.wire.JsonText.text;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Covered;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Mark;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.envelope.ScanState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/// An [Envelope] as JSON. What is empty, or what it nearly always is, is not written.
final class EnvelopeJson {

  private EnvelopeJson() {}

  static void write(JsonGenerator json, Envelope envelope) {
    json.writeStartObject();
    json.writeStringProperty("id", envelope.id().text());
    json.writeNumberProperty("generation", envelope.generation());
    json.writeNumberProperty("attempts", envelope.attempts());
    json.writeStringProperty("arrivedAt", envelope.arrivedAt().toString());
    json.writeStringProperty("sender", envelope.sender().text());
    json.writeArrayPropertyStart("recipients");
    for (Recipient recipient : envelope.recipients()) {
      write(json, recipient);
    }
    json.writeEndArray();
    json.writeName("provenance");
    write(json, envelope.provenance());
    if (!envelope.parameters().equals(MailParameters.NONE)) {
      json.writeName("parameters");
      write(json, envelope.parameters());
    }
    json.writeName("content");
    write(json, envelope.content());
    if (envelope.covered().size() > 0) {
      json.writeArrayPropertyStart("covered");
      envelope.covered().digests().stream().sorted().forEach(json::writeString);
      json.writeEndArray();
    }
    if (!envelope.edits().isEmpty()) {
      json.writeName("edits");
      HeaderEditsJson.write(json, envelope.edits());
    }
    if (envelope.scan() != ScanState.DONE) {
      json.writeStringProperty("scan", envelope.scan().name());
    }
    json.writeEndObject();
  }

  static Envelope read(JsonParser json) {
    QueueId id = null;
    int generation = 0;
    int attempts = 0;
    Instant arrivedAt = null;
    ReversePath sender = null;
    List<Recipient> recipients = List.of();
    Provenance provenance = null;
    MailParameters parameters = MailParameters.NONE;
    ContentRef content = null;
    Covered covered = Covered.NOBODY;
    HeaderEdits edits = HeaderEdits.NONE;
    ScanState scan = ScanState.DONE;
    JsonText.startObject(json, "envelope");
    for (String name = JsonText.nextProperty(json);
        name != null;
        name = JsonText.nextProperty(json)) {
      switch (name) {
        case "id" -> id = QueueId.of(text(json, name));
        case "generation" -> generation = json.getIntValue();
        case "attempts" -> attempts = json.getIntValue();
        case "arrivedAt" -> arrivedAt = IsoInstant.parse(text(json, name));
        case "sender" -> sender = ReversePath.of(text(json, name));
        case "recipients" -> recipients = readRecipients(json);
        case "provenance" -> provenance = readProvenance(json);
        case "parameters" -> parameters = readParameters(json);
        case "content" -> content = readContent(json);
        case "covered" -> covered = readCovered(json);
        case "edits" -> edits = HeaderEditsJson.read(json);
        case "scan" -> scan = ScanState.valueOf(text(json, name));
        default -> json.skipChildren();
      }
    }
    return new Envelope(
        required("id", id),
        generation,
        attempts,
        required("arrivedAt", arrivedAt),
        required("sender", sender),
        recipients,
        required("provenance", provenance),
        parameters,
        required("content", content),
        covered,
        edits,
        scan);
  }

  private static Covered readCovered(JsonParser json) {
    JsonText.startArray(json, "covered");
    Set<String> digests = new HashSet<>();
    while (JsonText.nextElement(json)) {
      digests.add(text(json, "covered"));
    }
    return new Covered(digests);
  }

  /// Also part of outcomes. The original address is written only where it is another.
  static void write(JsonGenerator json, Recipient recipient) {
    json.writeStartObject();
    json.writeStringProperty("address", recipient.address().toString());
    if (!recipient.original().equals(recipient.address())) {
      json.writeStringProperty("original", recipient.original().toString());
    }
    DsnParameters.OfRecipient dsn = recipient.dsn();
    if (!dsn.equals(DsnParameters.OfRecipient.NONE)) {
      json.writeObjectPropertyStart("dsn");
      if (!dsn.notifyOn().isEmpty()) {
        json.writeArrayPropertyStart("notifyOn");
        dsn.notifyOn().forEach(notify -> json.writeString(notify.name()));
        json.writeEndArray();
      }
      writeIfSaid(json, "originalRecipient", dsn.originalRecipient());
      json.writeEndObject();
    }
    if (recipient.standing() != Recipient.Standing.GIVEN) {
      json.writeStringProperty("standing", recipient.standing().name());
    }
    writeIfSaid(json, "undecidedBy", recipient.undecidedBy());
    json.writeEndObject();
  }

  static Recipient readRecipient(JsonParser json) {
    ForwardPath address = null;
    ForwardPath original = null;
    DsnParameters.OfRecipient dsn = DsnParameters.OfRecipient.NONE;
    Recipient.Standing standing = Recipient.Standing.GIVEN;
    String undecidedBy = null;
    JsonText.startObject(json, "recipient");
    for (String name = JsonText.nextProperty(json);
        name != null;
        name = JsonText.nextProperty(json)) {
      switch (name) {
        case "address" -> address = ForwardPath.of(text(json, name));
        case "original" -> original = ForwardPath.of(text(json, name));
        case "dsn" -> dsn = readRecipientDsn(json);
        case "standing" -> standing = Recipient.Standing.valueOf(text(json, name));
        case "undecidedBy" -> undecidedBy = text(json, name);
        default -> json.skipChildren();
      }
    }
    ForwardPath to = required("address", address);
    return new Recipient(
        to, original == null ? to : original, dsn, standing, Optional.ofNullable(undecidedBy));
  }

  private static List<Recipient> readRecipients(JsonParser json) {
    JsonText.startArray(json, "recipients");
    List<Recipient> recipients = new ArrayList<>();
    while (JsonText.nextElement(json)) {
      recipients.add(readRecipient(json));
    }
    return recipients;
  }

  private static DsnParameters.OfRecipient readRecipientDsn(JsonParser json) {
    Set<DsnParameters.Notify> notifyOn = EnumSet.noneOf(DsnParameters.Notify.class);
    String originalRecipient = null;
    JsonText.startObject(json, "dsn");
    for (String name = JsonText.nextProperty(json);
        name != null;
        name = JsonText.nextProperty(json)) {
      switch (name) {
        case "notifyOn" -> {
          JsonText.startArray(json, name);
          while (JsonText.nextElement(json)) {
            notifyOn.add(DsnParameters.Notify.valueOf(text(json, name)));
          }
        }
        case "originalRecipient" -> originalRecipient = text(json, name);
        default -> json.skipChildren();
      }
    }
    return new DsnParameters.OfRecipient(notifyOn, Optional.ofNullable(originalRecipient));
  }

  private static void write(JsonGenerator json, Provenance provenance) {
    json.writeStartObject();
    writeIfSaid(json, "peer", provenance.peer());
    writeIfSaid(json, "name", provenance.name().map(DomainName::text));
    writeIfSaid(json, "server", provenance.server());
    writeIfSaid(json, "helo", provenance.helo());
    writeIfSaid(json, "tls", provenance.tls());
    writeIfSaid(json, "user", provenance.user());
    json.writeStringProperty("protocol", provenance.protocol().name());
    json.writeStringProperty("origin", provenance.origin().name());
    if (!provenance.marks().isEmpty()) {
      json.writeArrayPropertyStart("marks");
      for (Mark mark : provenance.marks()) {
        json.writeStartObject();
        json.writeStringProperty("check", mark.check());
        json.writeStringProperty("text", mark.text());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private static Provenance readProvenance(JsonParser json) {
    String peer = "";
    DomainName client = null;
    String server = "";
    String helo = "";
    String tls = null;
    String user = null;
    Provenance.Protocol protocol = null;
    Provenance.Origin origin = null;
    List<Mark> marks = List.of();
    JsonText.startObject(json, "provenance");
    for (String name = JsonText.nextProperty(json);
        name != null;
        name = JsonText.nextProperty(json)) {
      switch (name) {
        case "peer" -> peer = text(json, name);
        case "name" -> client = DomainName.of(text(json, name));
        case "server" -> server = text(json, name);
        case "helo" -> helo = text(json, name);
        case "tls" -> tls = text(json, name);
        case "user" -> user = text(json, name);
        case "protocol" -> protocol = Provenance.Protocol.valueOf(text(json, name));
        case "origin" -> origin = Provenance.Origin.valueOf(text(json, name));
        case "marks" -> marks = readMarks(json);
        default -> json.skipChildren();
      }
    }
    return new Provenance(
        peer,
        Optional.ofNullable(client),
        server,
        helo,
        Optional.ofNullable(tls),
        Optional.ofNullable(user),
        required("protocol", protocol),
        required("origin", origin),
        marks);
  }

  private static List<Mark> readMarks(JsonParser json) {
    JsonText.startArray(json, "marks");
    List<Mark> marks = new ArrayList<>();
    while (JsonText.nextElement(json)) {
      marks.add(readMark(json));
    }
    return marks;
  }

  private static Mark readMark(JsonParser json) {
    String check = null;
    String text = null;
    JsonText.startObject(json, "mark");
    for (String name = JsonText.nextProperty(json);
        name != null;
        name = JsonText.nextProperty(json)) {
      switch (name) {
        case "check" -> check = text(json, name);
        case "text" -> text = text(json, name);
        default -> json.skipChildren();
      }
    }
    return new Mark(required("mark check", check), required("mark text", text));
  }

  private static void write(JsonGenerator json, MailParameters parameters) {
    json.writeStartObject();
    if (parameters.body() != BodyType.SEVEN_BIT) {
      json.writeStringProperty("body", parameters.body().name());
    }
    if (parameters.addresses() != MailParameters.AddressForm.ASCII) {
      json.writeStringProperty("addresses", parameters.addresses().name());
    }
    DsnParameters.OfMessage dsn = parameters.dsn();
    if (!dsn.equals(DsnParameters.OfMessage.NONE)) {
      json.writeObjectPropertyStart("dsn");
      writeIfSaid(json, "returns", dsn.returns().map(Enum::name));
      writeIfSaid(json, "envelopeId", dsn.envelopeId());
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private static MailParameters readParameters(JsonParser json) {
    BodyType body = BodyType.SEVEN_BIT;
    MailParameters.AddressForm addresses = MailParameters.AddressForm.ASCII;
    DsnParameters.OfMessage dsn = DsnParameters.OfMessage.NONE;
    JsonText.startObject(json, "parameters");
    for (String name = JsonText.nextProperty(json);
        name != null;
        name = JsonText.nextProperty(json)) {
      switch (name) {
        case "body" -> body = BodyType.valueOf(text(json, name));
        case "addresses" -> addresses = MailParameters.AddressForm.valueOf(text(json, name));
        case "dsn" -> dsn = readMessageDsn(json);
        default -> json.skipChildren();
      }
    }
    return new MailParameters(body, addresses, dsn);
  }

  private static DsnParameters.OfMessage readMessageDsn(JsonParser json) {
    DsnParameters.Return returns = null;
    String envelopeId = null;
    JsonText.startObject(json, "dsn");
    for (String name = JsonText.nextProperty(json);
        name != null;
        name = JsonText.nextProperty(json)) {
      switch (name) {
        case "returns" -> returns = DsnParameters.Return.valueOf(text(json, name));
        case "envelopeId" -> envelopeId = text(json, name);
        default -> json.skipChildren();
      }
    }
    return new DsnParameters.OfMessage(
        Optional.ofNullable(returns), Optional.ofNullable(envelopeId));
  }

  private static void write(JsonGenerator json, ContentRef content) {
    json.writeStartObject();
    switch (content) {
      case ContentRef.Inline _ -> json.writeStringProperty("type", "inline");
      case ContentRef.Stored stored -> {
        json.writeStringProperty("type", "stored");
        json.writeStringProperty("key", stored.key().text());
        json.writeStringProperty("sha256", stored.sha256());
      }
    }
    json.writeNumberProperty("octets", content.octets());
    json.writeEndObject();
  }

  private static ContentRef readContent(JsonParser json) {
    String type = null;
    String key = null;
    String sha256 = null;
    long octets = -1;
    JsonText.startObject(json, "content");
    for (String name = JsonText.nextProperty(json);
        name != null;
        name = JsonText.nextProperty(json)) {
      switch (name) {
        case "type" -> type = text(json, name);
        case "key" -> key = text(json, name);
        case "sha256" -> sha256 = text(json, name);
        case "octets" -> octets = json.getLongValue();
        default -> json.skipChildren();
      }
    }
    return content(required("content type", type), key, sha256, octets);
  }

  private static ContentRef content(
      String type, @Nullable String key, @Nullable String sha256, long octets) {
    return switch (type) {
      case "inline" -> new ContentRef.Inline(octets);
      case "stored" ->
          new ContentRef.Stored(
              QueueId.of(required("content key", key)), octets, required("sha256", sha256));
      default ->
          throw new UnreadableFrameException(
              "content type: \"" + type + "\" (expected: inline or stored)");
    };
  }

  private static void writeIfSaid(JsonGenerator json, String name, Optional<String> value) {
    value.ifPresent(said -> json.writeStringProperty(name, said));
  }

  private static void writeIfSaid(JsonGenerator json, String name, String value) {
    if (!value.isEmpty()) {
      json.writeStringProperty(name, value);
    }
  }
}
