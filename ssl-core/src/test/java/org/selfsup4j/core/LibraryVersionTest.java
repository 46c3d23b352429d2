package org.selfsup4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LibraryVersionTest {

  @Test
  void versionIsThePomsNotAPlaceholder() {
    assertThat(LibraryVersion.current()).matches("\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
  }
}
