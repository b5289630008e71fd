/*
 * A v4l2loopback output that needs no kernel module: preloaded into a program, it turns one device name into a file.
 *
 *   gcc -shared -fPIC -o loopback_device.so loopback_device.c -ldl
 *   LOOPBACK_NAME=/dev/video7 LOOPBACK_FRAMES=frames.i420 LD_PRELOAD=./loopback_device.so program
 *
 * Opening LOOPBACK_NAME opens LOOPBACK_FRAMES for appending, so that what is written to the device is kept; the device
 * says of itself what a v4l2loopback without a reader says, and notes the format that it is set to in
 * LOOPBACK_FRAMES.format ("1280x720 YU12"). Everything else goes to the C library untouched.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

static int device = -1;

static int real_open(const char *name, int flags, mode_t mode)
{
    int (*next)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
    return next(name, flags, mode);
}

static int opened(const char *name, int flags, mode_t mode)
{
    const char *ours = getenv("LOOPBACK_NAME"), *frames = getenv("LOOPBACK_FRAMES");
    if (!ours || !frames || strcmp(name, ours) != 0)
        return real_open(name, flags, mode);
    device = real_open(frames, O_WRONLY | O_CREAT | O_APPEND, 0600);
    return device;
}

static mode_t mode_of(int flags, va_list rest)
{
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
}

int open(const char *name, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = mode_of(flags, rest);
    va_end(rest);
    return opened(name, flags, mode);
}

int open64(const char *name, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = mode_of(flags, rest);
    va_end(rest);
    return opened(name, flags | O_LARGEFILE, mode);
}

static void note_format(const struct v4l2_pix_format *pix)
{
    char path[4096];
    snprintf(path, sizeof path, "%s.format", getenv("LOOPBACK_FRAMES"));
    FILE *file = fopen(path, "w");
    if (!file)
        return;
    fprintf(file, "%ux%u %.4s\n", pix->width, pix->height, (const char *)&pix->pixelformat);
    fclose(file);
}

static int answered(unsigned long request, void *argument)
{
    if (request == VIDIOC_QUERYCAP) {
        struct v4l2_capability *found = argument;
        memset(found, 0, sizeof *found);
        strcpy((char *)found->driver, "v4l2 loopback");
        strcpy((char *)found->card, "a file");
        found->device_caps = V4L2_CAP_VIDEO_OUTPUT | V4L2_CAP_READWRITE;
        found->capabilities = found->device_caps | V4L2_CAP_DEVICE_CAPS;
        return 0;
    }
    if (request == VIDIOC_S_FMT) {
        note_format(&((struct v4l2_format *)argument)->fmt.pix);
        return 0;
    }
    errno = ENOTTY;
    return -1;
}

int ioctl(int file, unsigned long request, ...)
{
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    if (file >= 0 && file == device)
        return answered(request, argument);
    int (*next)(int, unsigned long, ...) = dlsym(RTLD_NEXT, "ioctl");
    return next(file, request, argument);
}
