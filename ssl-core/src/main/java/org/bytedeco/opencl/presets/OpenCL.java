package org.bytedeco.opencl.presets;

/**
 * Stands in for the class of this name in {@code org.bytedeco:opencl}, and is empty on purpose.
 *
 * <p>The oneDNN presets 3.13-1.5.14 say that they inherit from it, so the JVM looks the name up
 * when it loads them; nothing of it is called, and oneDNN's CPU libraries are not linked against
 * OpenCL. The {@code opencl} version that they ask for was never published, so that dependency is
 * excluded and this class answers to the name.
 */
public final class OpenCL {

  private OpenCL() {}
}
