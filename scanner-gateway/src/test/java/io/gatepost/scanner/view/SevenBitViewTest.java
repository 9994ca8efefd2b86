package io.gatepost.scanner.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.content.StoredContent;
import io.gatepost.scanner.scan.MessageView;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;

class SevenBitViewTest {

  @Test
  void scannersThatKnowNothingElseGetAscii() {
    assertThat(read(view("Subject: gr\u00fcn\r\n\r\nGr\u00fc\u00dfe an dich und alle\r\n")))
        .isEqualTo(
            "Subject: =?utf-8?B?Z3LDvG4=?=\r\nMIME-Version: 1.0\r\n"
                + "Content-Type: text/plain; charset=unknown-8bit\r\n"
                + "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                + "Gr=C3=BC=C3=9Fe an dich und alle\r\n");
  }

  @Test
  void piecesStaySmallAndNoOctetIsMoreThanWasSaid() {
    MessageView view = view("Subject: x\r\n\r\n" + "\u00fc text \u00fc\r\n".repeat(40_000));

    List<Integer> pieces =
        view.octets().map(piece -> StoredContent.octets(piece).length).collectList().block();

    assertThat(pieces).isNotEmpty().allMatch(octets -> octets <= 64 * 1024);
    assertThat(pieces.stream().mapToLong(octets -> octets).sum())
        .isLessThanOrEqualTo(view.atMost());
  }

  private static String read(MessageView view) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    view.octets().toStream().map(StoredContent::octets).forEach(all::writeBytes);
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  private static MessageView view(String text) {
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    return new SevenBitView(
        new MessageView() {
          @Override
          public Flux<DataBuffer> octets() {
            return Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(octets));
          }

          @Override
          public long atMost() {
            return octets.length;
          }

          @Override
          public MessageView sevenBit() {
            throw new UnsupportedOperationException("not asked twice");
          }
        });
  }
}
