"""Write the Flutter samples: console log, IDE console, logcat, machine mode, VM service, Logger package, AOT stack.

Written by hand (no Dart SDK was at hand) after the output that Flutter's `FlutterError.dumpErrorToConsole`, `flutter run
--machine`, the VM service and the `logger` package are known to give. The application and its files are invented.
"""

from __future__ import annotations

import json

from common import pretty, put

WIDTH = 100
APP = "file:///home/user/shop_app/lib"


def header(library: str, *, width: int = WIDTH) -> str:
    """Return the first line of an exception block, filled with the double bar to the width."""
    return f"══╡ EXCEPTION CAUGHT BY {library.upper()} ╞".ljust(width, "═")


OVERFLOW = f"""\
{header("rendering library")}
The following assertion was thrown during layout:
A RenderFlex overflowed by 42 pixels on the right.

The relevant error-causing widget was:
  Row
  Row:{APP}/cart/cart_line.dart:48:14

To inspect this widget in Flutter DevTools, visit:
http://127.0.0.1:9101/#/inspector?uri=http%3A%2F%2F127.0.0.1%3A42451%2FqK3-example%3D%2F&inspectorRef=inspector-0

The overflowing RenderFlex has an orientation of Axis.horizontal.
The edge of the RenderFlex that is overflowing is marked with a striped pattern.

The specific RenderFlex in question is: RenderFlex#1f2c9 relayoutBoundary=up2 OVERFLOWING:
  needs compositing
  creator: Row ← Padding ← DecoratedBox ← Container ← CartLine ← KeyedSubtree ← AutomaticKeepAlive ← ⋯
  parentData: offset=Offset(16.0, 8.0) (can use size)
  constraints: BoxConstraints(0.0<=w<=328.0, 0.0<=h<=Infinity)
  size: Size(328.0, 24.0)
  direction: horizontal
  mainAxisAlignment: spaceBetween
  crossAxisAlignment: center
  textDirection: ltr
◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤◢◤
{"═" * WIDTH}
"""

NULL_CHECK = f"""\
{header("widgets library")}
The following _TypeError was thrown building CheckoutSummary(dirty, dependencies: [InheritedCart],
state: _CheckoutSummaryState#a41d0):
Null check operator used on a null value

The relevant error-causing widget was:
  CheckoutSummary
  CheckoutSummary:{APP}/checkout/checkout_page.dart:91:13

When the exception was thrown, this was the stack:
#0      _CheckoutSummaryState._total (package:shop_app/checkout/checkout_summary.dart:57:29)
#1      _CheckoutSummaryState.build.<anonymous closure> (package:shop_app/checkout/checkout_summary.dart:83:24)
#2      MappedListIterable.elementAt (dart:_internal/iterable.dart:425:31)
#3      ListIterator.moveNext (dart:_internal/iterable.dart:354:26)
#4      new _GrowableList._ofEfficientLengthIterable (dart:core-patch/growable_array.dart:189:27)
#5      _CheckoutSummaryState.build (package:shop_app/checkout/checkout_summary.dart:84:16)
#6      StatefulElement.build (package:flutter/src/widgets/framework.dart:5729:27)
#7      ComponentElement.performRebuild (package:flutter/src/widgets/framework.dart:5617:15)
#8      StatefulElement.performRebuild (package:flutter/src/widgets/framework.dart:5780:11)
#9      Element.rebuild (package:flutter/src/widgets/framework.dart:5333:7)
#10     BuildScope._tryRebuild (package:flutter/src/widgets/framework.dart:2693:15)
#11     BuildOwner.buildScope (package:flutter/src/widgets/framework.dart:3048:16)
#12     WidgetsBinding.drawFrame (package:flutter/src/widgets/binding.dart:1162:21)
(elided 3 frames from dart:async)
{"═" * WIDTH}
"""

ASYNC = """\
[ERROR:flutter/runtime/dart_vm_initializer.cc(40)] Unhandled Exception: SocketException: Connection refused \
(OS Error: Connection refused, errno = 111), address = api.example.com, port = 46318
#0      _NativeSocket.startConnect (dart:io-patch/socket_patch.dart:682:35)
<asynchronous suspension>
#1      _HttpClient._connect (dart:_http/http_impl.dart:2695:7)
<asynchronous suspension>
#2      CartApi.refresh (package:shop_app/cart/cart_api.dart:34:22)
<asynchronous suspension>
#3      CartBloc._onRefresh (package:shop_app/cart/cart_bloc.dart:61:7)
<asynchronous suspension>
#4      Bloc.on.<anonymous closure>.handleEvent (file:///home/user/.pub-cache/hosted/pub.dev/bloc-8.1.4/lib/src/bloc.dart:229:13)
<asynchronous suspension>
"""


def prefixed(text: str, prefix: str) -> str:
    """Put a prefix before every line of a text."""
    return "".join(f"{prefix}{line}\n" for line in text.splitlines())


def console_log() -> str:
    """Return a plain `flutter run` console: three blocks, two one-liners, an unhandled error, ordinary lines."""
    gestures = f"""\
{header("gesture")}
The following StateError was thrown while handling a gesture:
Bad state: No element

When the exception was thrown, this was the stack:
#0      ListBase.firstWhere (dart:collection/list.dart:132:5)
#1      CartModel.lineFor (package:shop_app/cart/cart_model.dart:72:18)
#2      _CartLineState._onRemove (package:shop_app/cart/cart_line.dart:113:31)
#3      _InkResponseState.handleTap (package:flutter/src/material/ink_well.dart:1171:21)
#4      GestureRecognizer.invokeCallback (package:flutter/src/gestures/recognizer.dart:344:24)
#5      TapGestureRecognizer.handleTapUp (package:flutter/src/gestures/tap.dart:652:11)
(elided one frame from dart:ui)

Handler: "onTap"
Recognizer:
  TapGestureRecognizer#6b0e2
{"═" * WIDTH}
"""
    return (
        "Launching lib/main.dart on sdk gphone64 x86 64 in debug mode...\n"
        "✓ Built build/app/outputs/flutter-apk/app-debug.apk\n"
        "Flutter run key commands.\n"
        "flutter: shop_app 2.4.1 (build 2410) starting\n"
        "flutter: cart restored: 3 lines\n\n"
        + OVERFLOW
        + "Another exception was thrown: A RenderFlex overflowed by 42 pixels on the right.\n"
        + "flutter: route changed: /cart -> /checkout\n"
        + prefixed(NULL_CHECK, "flutter: ")
        + "flutter: Another exception was thrown: Null check operator used on a null value\n"
        + "flutter: login as user ana@example.com token=not-a-real-token-0001\n"
        + ASYNC
        + "\n\x1b[31m"
        + gestures.replace("\n", "\x1b[0m\n", 1)
        + "flutter: cart saved\n"
        + "Application finished.\n"
    )


def ide_console() -> str:
    """Return the forms that IDE consoles show: lower-case header, echo lines, folded frames, sections after the stack."""
    return """\
Syncing files to device Pixel 7...
Reloaded 2 of 1462 libraries in 412ms.

════════ Exception caught by widgets library ═══════════════════════════════════
The following ProviderNotFoundException was thrown building PriceTag(dirty):
Error: Could not find the correct Provider<PriceService> above this PriceTag Widget

The relevant error-causing widget was:
    PriceTag PriceTag:file:///home/user/shop_app/lib/catalogue/tile.dart:39:17
When the exception was thrown, this was the stack:
#0      Provider._inheritedElementOf (package:provider/src/provider.dart:343:7)
provider.dart:343
#1      Provider.of (package:provider/src/provider.dart:293:30)
provider.dart:293
#2      PriceTag.build (package:shop_app/catalogue/price_tag.dart:22:31)
price_tag.dart:22
#3      StatelessElement.build (package:flutter/src/widgets/framework.dart:5678:49)
framework.dart:5678
...     Normal element mounting (27 frames)
#31     Element.inflateWidget (package:flutter/src/widgets/framework.dart:4480:16)
framework.dart:4480
(elided 4 frames from class _AssertionError, dart:async, and dart:async-patch)
════════════════════════════════════════════════════════════════════════════════
binding.dart:1347

======== Exception caught by image resource service ================================================
The following NetworkImageLoadException was thrown resolving an image codec:
HTTP request failed, statusCode: 404, https://img.example.com/p/48213.png

When the exception was thrown, this was the stack:\x20
#0      NetworkImage._loadAsync (package:flutter/src/painting/_network_image_io.dart:115:9)
<asynchronous suspension>
#1      MultiFrameImageStreamCompleter._handleCodecReady (package:flutter/src/painting/image_stream.dart:1005:3)
<asynchronous suspension>
Image provider: NetworkImage("https://img.example.com/p/48213.png", scale: 1.0)
Image key: NetworkImage("https://img.example.com/p/48213.png", scale: 1.0)
====================================================================================================

════════ Exception caught by scheduler library ═════════════════════════════════
The following assertion was thrown during a scheduler callback:
ScrollController not attached to any scroll views.
package:shop_app/catalogue/grid.dart 118:21     _GridState._jumpToTop
package:flutter/src/scheduler/binding.dart 1397:15  SchedulerBinding._invokeFrameCallback
════════════════════════════════════════════════════════════════════════════════
"""


def logcat(*, pid: int = 7346, columns: int = 72) -> str:
    """Return the same blocks as Android's log shows them: a prefix on every line, long lines cut at 72 columns."""
    lines = [
        "--------- beginning of main",
        "D/EGL_emulation( 7346): app_time_stats: avg=16.71ms min=3.02ms max=41.99ms",
    ]
    for line in (OVERFLOW + NULL_CHECK).splitlines():
        pieces = [line[i : i + columns] for i in range(0, len(line), columns)] or [""]
        lines += [f"I/flutter ({pid:5d}): {piece}" for piece in pieces]
    lines.insert(12, "W/Choreographer( 7346): Skipped 37 frames on the main thread.")
    lines.append(f"I/flutter ({pid:5d}): Another exception was thrown: Null check operator used on a null value")
    lines += [f"E/flutter ({pid:5d}): {line}" for line in ASYNC.splitlines()]
    lines.append("D/AndroidRuntime( 7346): Shutting down VM")
    return "\n".join(lines) + "\n"


def machine() -> str:
    """Return `flutter run --machine`: one JSON array per line, block lines as app.log, errors with stackTrace."""
    app = "8b6d2f5e-0d6c-4c5e-9a1f-2f9f2f0c7a11"

    def event(name: str, **params: object) -> str:
        return json.dumps([{"event": name, "params": params}], ensure_ascii=False, separators=(",", ":"))

    lines = [
        event("daemon.connected", version="0.6.1", pid=40112),
        event("app.start", appId=app, deviceId="emulator-5554", directory="/home/user/shop_app", supportsRestart=True),
        event("app.started", appId=app),
        event("app.log", appId=app, log="flutter: shop_app 2.4.1 (build 2410) starting"),
    ]
    lines += [event("app.log", appId=app, log=f"flutter: {line}") for line in OVERFLOW.splitlines()]
    lines += [
        event(
            "app.log",
            appId=app,
            log="Unhandled exception: FormatException: Unexpected character (at character 1)",
            error=True,
            stackTrace="#0      _ChunkedJsonParser.fail (dart:convert-patch/convert_patch.dart:1463:5)\n"
            "#1      PriceFeed.decode (package:shop_app/prices/price_feed.dart:27:18)\n"
            "#2      PriceFeed.poll (package:shop_app/prices/price_feed.dart:41:9)\n"
            "<asynchronous suspension>\n",
        ),
        event("daemon.logMessage", level="warning", message="Lost connection to device."),
        event(
            "daemon.logMessage",
            level="error",
            message="Error connecting to the service protocol: failed to connect to http://127.0.0.1:42451/",
            stackTrace="#0      FlutterDevice.connect (package:flutter_tools/src/resident_runner.dart:312:9)\n"
            "<asynchronous suspension>\n",
        ),
        '[{"id":1,"result":{"code":0}}]',
        "Oops; flutter has exited unexpectedly: a line that is not JSON",
        event("app.stop", appId=app),
    ]
    return "\n".join(lines) + "\n"


def vm_service() -> str:
    """Return the VM service's stream event for a structured error."""
    body = NULL_CHECK.split("\n", 1)[1].rsplit("═" * WIDTH, 1)[0].rstrip()
    stack = "\n".join(line for line in NULL_CHECK.splitlines() if line.startswith("#"))
    return (
        pretty(
            {
                "jsonrpc": "2.0",
                "method": "streamNotify",
                "params": {
                    "streamId": "Extension",
                    "event": {
                        "type": "Event",
                        "kind": "Extension",
                        "isolate": {
                            "type": "@Isolate",
                            "id": "isolates/4120843412",
                            "name": "main",
                            "number": "4120843412",
                        },
                        "timestamp": 1769390760123,
                        "extensionKind": "Flutter.Error",
                        "extensionData": {
                            "description": "Exception caught by widgets library",
                            "type": "DiagnosticsBlock",
                            "level": "error",
                            "library": "widgets library",
                            "errorsSinceReload": 0,
                            "renderedErrorText": body,
                            "stackTrace": stack,
                        },
                    },
                },
            }
        )
        + "\n"
    )


def logger_package() -> str:
    """Return boxes of the `logger` package, with colours in one of them, and a block that shows a caught error."""
    rule = "─" * 110
    dash = "┄" * 110
    return (
        f"flutter: ┌{rule}\nflutter: │ 💡 prices refreshed: 214 items in 380 ms\nflutter: └{rule}\n"
        f"flutter: ┌{rule}\nflutter: │ FormatException: Invalid price\nflutter: │ 12,5O\nflutter: │         ^\n"
        f"flutter: ├{dash}\n"
        "flutter: │ #0   PriceFeed.parse (package:shop_app/prices/price_feed.dart:58:7)\n"
        "flutter: │ #1   PriceFeed.decode (package:shop_app/prices/price_feed.dart:29:12)\n"
        "flutter: │ #2   ErrorBanner.show (package:shop_app/widgets/error_banner.dart:18:5)\n"
        f"flutter: ├{dash}\nflutter: │ 09:26:00.123 (+0:02:11.907)\nflutter: ├{dash}\n"
        f"flutter: │ ⛔ price feed: one item skipped\nflutter: └{rule}\n"
        f"\x1b[38;5;208mflutter: ┌{rule}\x1b[0m\n\x1b[38;5;208mflutter: │ ⚠️ cache is 26 h old\x1b[0m\n"
        f"\x1b[38;5;208mflutter: └{rule}\x1b[0m\n"
        f"flutter: ┌{rule}\nflutter: │ 🐛 tile rebuilt 3 times\nflutter: └{rule}\n"
        "flutter: [warning] plain line outside of any box\n"
    )


def aot_release() -> str:
    """Return a release build's unsymbolised stack (obfuscated, addresses and a build id only)."""
    base = 0x7B42C00000
    frames = [0x3C1F94, 0x3C1E70, 0x2B90A8, 0x4A7D10, 0x1F00CC]
    rows = "".join(
        f"    #{i:02d} abs {base + o:016x} virt {o:016x} _kDartIsolateSnapshotInstructions+0x{o - 0x1E2B40:x}\n"
        for i, o in enumerate(frames)
        if o > 0x1E2B40
    )
    return prefixed(
        "[ERROR:flutter/runtime/dart_vm_initializer.cc(40)] Unhandled Exception: "
        "Null check operator used on a null value\n"
        "Warning: This VM has been configured to produce stack traces that violate the Dart standard.\n"
        "*** *** *** *** *** *** *** *** *** *** *** *** *** *** *** ***\n"
        "pid: 19871, tid: 19902, name 1.ui\n"
        "os: android arch: arm64 comp: yes sim: no\n"
        "build_id: '0123456789abcdef0123456789abcdef'\n"
        f"isolate_dso_base: {base:x}, vm_dso_base: {base:x}\n"
        f"isolate_instructions: {base + 0x1E2B40:x}, vm_instructions: {base + 0x1DC000:x}\n" + rows,
        "E/flutter (19871): ",
    )


def main() -> None:
    """Write every Flutter sample."""
    put("flutter/renderflex-overflow.log", console_log())
    put("flutter/ide-console.log", ide_console())
    put("flutter/logcat.txt", logcat())
    put("flutter/run-machine.ndjson", machine())
    put("flutter/vm-service-error.json", vm_service())
    put("flutter/logger-package.log", logger_package())
    put("flutter/aot-release.log", aot_release())


if __name__ == "__main__":
    main()
