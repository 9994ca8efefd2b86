package io.gatepost.dns;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.TXTRecord;

/// dnsjava's records in our words.
final class Records {

  private Records() {}

  /// @param records of one of our types, at least one
  static Answer found(List<Record> records) {
    long seconds = records.stream().mapToLong(Record::getTTL).min().orElse(0);
    return new Answer.Found(
        records.stream().map(Records::data).toList(), Duration.ofSeconds(seconds));
  }

  private static RecordData data(Record rr) {
    return switch (rr) {
      case ARecord a -> new RecordData.Address(a.getAddress());
      case AAAARecord aaaa -> new RecordData.Address(aaaa.getAddress());
      case MXRecord mx -> new RecordData.Exchanger(mx.getPriority(), mx.getTarget().toString(true));
      case PTRRecord ptr -> new RecordData.Pointer(ptr.getTarget().toString(true));
      case TXTRecord txt -> new RecordData.Text(text(txt));
      default -> throw new DnsException("a record of a type that was not asked for");
    };
  }

  private static String text(TXTRecord txt) {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    txt.getStringsAsByteArrays().forEach(octets::writeBytes);
    return octets.toString(StandardCharsets.ISO_8859_1);
  }
}
