package org.selfsup4j.core.train;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A grid of small pictures with captions, to be looked at: augmented views, masked and
 * reconstructed images. Pictures are enlarged by a whole factor, pixel by pixel, so that nothing is
 * smoothed over.
 *
 * <pre>{@code
 * new PictureSheet("original", "masked", "reconstruction")
 *     .add(32, 32, 3, pixels, "7")
 *     ...
 *     .write(run.picture("reconstructions.png"));
 * }</pre>
 */
public final class PictureSheet {

  private static final int SMALLEST_SIDE = 128; // a picture is enlarged to at least this
  private static final int GAP = 6;
  private static final int TEXT_HEIGHT = 18;
  private static final int NOT_A_NUMBER = 0xff00ff; // magenta: seen at once, in no photo

  private final int columns;
  private final List<String> headings;
  private final List<Cell> cells = new ArrayList<>();

  private record Cell(BufferedImage picture, String caption) {}

  /** A sheet of {@code columns} pictures a row, filled row by row. */
  public PictureSheet(int columns) {
    this(columns, List.of());
  }

  /** A sheet with a column for each heading, filled row by row. */
  public PictureSheet(String... headings) {
    this(headings.length, List.of(headings));
  }

  private PictureSheet(int columns, List<String> headings) {
    if (columns < 1) {
      throw new IllegalArgumentException(
          "columns is " + columns + ": a sheet has at least 1 column");
    }
    this.columns = columns;
    this.headings = headings;
  }

  /**
   * Adds a picture of floats.
   *
   * @param channels 1 (gray) or 3 (red, green, blue)
   * @param values in the order row, column, channel; 0 is black, 1 is full, what lies outside is
   *     clipped, what is not a number becomes magenta
   * @param caption below the picture; may be empty
   */
  public PictureSheet add(int height, int width, int channels, float[] values, String caption) {
    check(height, width, channels, values.length);
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < height * width; i++) {
      int rgb = 0;
      boolean isNumber = true;
      for (int channel = 0; channel < 3; channel++) {
        float value = values[i * channels + (channels == 1 ? 0 : channel)];
        isNumber &= !Float.isNaN(value);
        rgb = (rgb << 8) | Math.round(255 * Math.min(1, Math.max(0, value)));
      }
      picture.setRGB(i % width, i / width, isNumber ? rgb : NOT_A_NUMBER);
    }
    cells.add(new Cell(picture, caption));
    return this;
  }

  /**
   * Adds a picture of 8-bit values.
   *
   * @param channels 1 (gray) or 3 (red, green, blue)
   * @param values in the order row, column, channel; 0 is black, 255 (that is -1) is full
   * @param caption below the picture; may be empty
   */
  public PictureSheet add(int height, int width, int channels, byte[] values, String caption) {
    check(height, width, channels, values.length);
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < height * width; i++) {
      int rgb = 0;
      for (int channel = 0; channel < 3; channel++) {
        rgb = (rgb << 8) | (values[i * channels + (channels == 1 ? 0 : channel)] & 0xff);
      }
      picture.setRGB(i % width, i / width, rgb);
    }
    cells.add(new Cell(picture, caption));
    return this;
  }

  /** How many pictures there are. */
  public int size() {
    return cells.size();
  }

  /**
   * Writes the sheet as a PNG file.
   *
   * @throws IllegalStateException if it has no picture
   * @throws java.io.UncheckedIOException if the file cannot be written
   */
  public void write(Path png) {
    Png.write(draw(), png);
  }

  BufferedImage draw() {
    if (cells.isEmpty()) {
      throw new IllegalStateException("the sheet has no picture: add some before it is written");
    }
    int side = largestSide();
    int factor = (SMALLEST_SIDE + side - 1) / side;
    int cellWidth = factor * cells.stream().mapToInt(c -> c.picture().getWidth()).max().orElse(1);
    int cellHeight = factor * cells.stream().mapToInt(c -> c.picture().getHeight()).max().orElse(1);
    int captionHeight = cells.stream().allMatch(c -> c.caption().isEmpty()) ? 0 : TEXT_HEIGHT;
    int top = headings.isEmpty() ? GAP : GAP + TEXT_HEIGHT;
    int across = Math.min(columns, Math.max(headings.size(), cells.size()));
    int rows = (cells.size() + columns - 1) / columns;
    BufferedImage sheet =
        new BufferedImage(
            GAP + across * (cellWidth + GAP),
            top + rows * (cellHeight + captionHeight + GAP),
            BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    try {
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
      Text text = new Text(graphics, cellWidth);
      for (int column = 0; column < headings.size(); column++) {
        text.draw(headings.get(column), GAP + column * (cellWidth + GAP), GAP, Font.BOLD);
      }
      for (int i = 0; i < cells.size(); i++) {
        BufferedImage picture = cells.get(i).picture();
        int x = GAP + i % columns * (cellWidth + GAP);
        int y = top + i / columns * (cellHeight + captionHeight + GAP);
        int width = factor * picture.getWidth();
        int height = factor * picture.getHeight();
        graphics.drawImage(picture, x, y, width, height, null);
        text.draw(cells.get(i).caption(), x, y + cellHeight, Font.PLAIN);
      }
    } finally {
      graphics.dispose();
    }
    return sheet;
  }

  private int largestSide() {
    return cells.stream()
        .mapToInt(cell -> Math.max(cell.picture().getWidth(), cell.picture().getHeight()))
        .max()
        .orElse(1);
  }

  private static void check(int height, int width, int channels, int given) {
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException(
          "a picture of " + channels + " channels cannot be drawn: give 1 (gray) or 3 (RGB)");
    }
    if (height < 1 || width < 1 || (long) height * width * channels != given) {
      throw new IllegalArgumentException(
          "a picture of height "
              + height
              + ", width "
              + width
              + " and "
              + channels
              + " channels has not "
              + given
              + " values");
    }
  }

  /** Writes words that fit. */
  private static final class Text {
    private final Graphics2D graphics;
    private final int width;

    Text(Graphics2D graphics, int width) {
      this.graphics = graphics;
      this.width = width;
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setColor(Color.BLACK);
    }

    void draw(String words, int x, int y, int style) {
      if (words.isEmpty()) {
        return;
      }
      graphics.setFont(new Font(Font.SANS_SERIF, style, 12));
      FontMetrics metrics = graphics.getFontMetrics();
      String fitting = words;
      while (metrics.stringWidth(fitting) > width && fitting.length() > 1) {
        fitting = fitting.substring(0, fitting.length() - 2) + "\u2026";
      }
      graphics.drawString(fitting, x, y + TEXT_HEIGHT - 5);
    }
  }
}
