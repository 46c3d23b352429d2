/** One empty class that oneDNN's presets name: {@link org.bytedeco.opencl.presets.OpenCL}. */
package org.bytedeco.opencl.presets;
