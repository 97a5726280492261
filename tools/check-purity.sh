#!/bin/sh
# SPDX-License-Identifier: MIT
# base, ws, case, judge and run import no socket, clock or entropy; libraries stay behind their door
set -eu

# Extended regular expressions for whole symbol names, without the decoration of the platform.
WORLD='socket|socketpair|connect|accept4?|bind|listen|shutdown|(get|set)sockopt|getsockname|getpeername'
WORLD="$WORLD|send(to|msg|mmsg|file)?|recv(from|msg|mmsg)?|p?poll|p?select|epoll_.*|kqueue|kevent"
WORLD="$WORLD|getaddrinfo|gethostby.*|inet_.*|pipe2?|fork|vfork|exec.*|posix_spawn.*|kill|wait(pid)?"
WORLD="$WORLD|pthread_.*|popen|system|dlopen"
CLOCK='time|times|clock|clock_.*|gettimeofday|settimeofday|timer(fd)?_.*|setitimer|alarm|u?sleep|nanosleep'
CLOCK="$CLOCK|localtime(_r)?|mach_absolute_time|timespec_get"
ENTROPY='getrandom|getentropy|s?rand(_r)?|s?random(_r)?|[dejlmn]rand48|arc4random.*|RAND_.*|rand_s'
PROCESS='(secure_)?getenv|getpid|gethostname|signal|sigaction|raise'
FILES='f?open(at|64)?|fopen64|creat|p?read(v|64)?|p?write(v|64)?|close|lseek|fdopen|freopen|fread|fwrite'
FILES="$FILES|fgets|fgetc|getc|getline|getdelim|fscanf|fseek.*|ftell.*|fclose|fflush|opendir|readdir|stat|fstat|unlink"
FILES="$FILES|v?printf|v?fprintf|f?puts|f?putc|putchar|perror|scanf|(IO_)?putc|std(in|out|err)p?"
UV='uv_.*'
CRYPTO='SSL_.*|TLS_.*|BIO_.*|X509_.*|PEM_.*'
CRYPTO="$CRYPTO|(EVP|SHA|SHA1|MD5|ERR|OPENSSL|CRYPTO|HMAC|BN|ASN1|PKCS[0-9]*)_.*|SHA1|SHA256|SHA512"
# All of libcrypto that even its door may use.
DIGEST='SHA1|SHA1_(Init|Update|Final)|EVP_(Digest|MD_CTX|MD|sha1|Q_digest).*'
ZLIB='(in|de)flate(End|Init.*|Set.*|Reset.*|Sync|Params|Bound|Prime|Get.*|Copy|Tune|Pending|Back.*)?|crc32.*|adler32.*|(un)?compress2?|compressBound|gz.*|zlib.*|zError'
JANSSON='json_.*|jansson_.*'

# is_door HEADER FILE - true if tools/rooms.mk lets harness/FILE.c open the library of that header.
is_door() {
    sed -n "s/^DOOR_$1 *= *//p" tools/rooms.mk | tr ' ' '\n' | {
        while read -r pattern; do
            # shellcheck disable=SC2254 # a pattern is meant
            case $2.c in $pattern) exit 0 ;; esac
        done
        exit 1
    }
}

# forbidden FILE -> the expression that no import of harness/FILE.c may match.
forbidden() {
    expression=$CRYPTO
    is_door uv.h "$1" || expression="$expression|$UV"
    is_door zlib.h "$1" || expression="$expression|$ZLIB"
    is_door jansson.h "$1" || expression="$expression|$JANSSON"
    case $1 in
        ws/* | judge/* | run/*) expression="$expression|$WORLD|$CLOCK|$ENTROPY|$PROCESS|$FILES" ;;
        base/* | case/*) expression="$expression|$WORLD|$CLOCK|$ENTROPY|$PROCESS" ;;
        net/*) ;; # the way to the world
        # The others meet the world through net alone; what they print, read and write is files.
        *) expression="$expression|$WORLD|$CLOCK|$ENTROPY" ;;
    esac
    echo "$expression"
}

status=0
for source in harness/*/*.c; do
    file=${source#harness/}
    file=${file%.c}
    object=$BUILD/release/$file.o
    [ -f "$object" ] || {
        echo "$object is missing: run make first"
        status=1
        continue
    }
    allowed='nothing'
    ! is_door openssl "$file" || allowed=$DIGEST
    # Undecorated: a Mac's leading underscore and $VARIANT, glibc's @VERSION and __NAME_chk.
    imports=$(nm -u "$object" | awk '{ print $NF }' |
        sed -E 's/[@$].*//; s/^_+//; s/_chk$//; s/^isoc(99|23)_//' | sort -u)
    bad=$(printf '%s\n' "$imports" | grep -Ex "$(forbidden "$file")" | grep -Evx "$allowed") || continue
    for name in $bad; do
        echo "$source: imports $name"
    done
    status=1
done
exit $status
