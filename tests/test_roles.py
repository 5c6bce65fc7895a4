import tomllib
from pathlib import Path

import pytest

from triage.stacks import roles
from triage.stacks.names import normalise


def role(function="", *, module=None, file=None, language=None, in_app=None, kind="frame"):
    name = normalise(function) if function else ""
    return (
        roles.Roles.default().of(kind=kind, name=name, module=module, file=file, language=language, in_app=in_app).role
    )


@pytest.mark.parametrize(
    ("expected", "frame"),
    [
        ("sentinel", {"function": "core::panicking::panic_fmt"}),
        ("sentinel", {"function": "rust_begin_unwind"}),
        ("noise", {"function": "std::panicking::rust_panic_with_hook"}),
        ("sentinel", {"kind": "signal"}),
        ("noise", {"module": "_kDartIsolateSnapshotInstructions"}),
        ("noise", {"function": "StackWalker::ShowCallstack"}),
        ("library", {"function": "std::thread::spawn", "file": "/rustc/abc/library/std/src/thread/mod.rs"}),
        ("application", {"function": "app::pipeline::parse_packet", "file": "src/pipeline.rs"}),
        ("library", {"function": "RenderObject.layout", "file": "package:flutter/src/rendering/object.dart"}),
        ("application", {"function": "CartPage.build", "file": "package:shop/cart.dart"}),
        ("library", {"function": "Module._compile", "file": "node:internal/modules/cjs/loader"}),
        ("library", {"function": "handler", "file": "/srv/app/node_modules/express/lib/router.js"}),
        ("library", {"function": "get", "file": "/usr/lib/python3.11/site-packages/requests/api.py"}),
        ("library", {"function": "java.util.HashMap.get", "language": "java"}),
        ("application", {"function": "com.shop.Cart.total", "language": "java"}),
        ("sentinel", {"function": "runtime.gopanic", "language": "go"}),
        ("noise", {"function": "runtime.goPanicIndex", "language": "go"}),
        ("library", {"function": "runtime.main", "language": "go"}),
        ("library", {"module": r"C:\Windows\System32\ntdll.dll"}),
        ("library", {"module": "/lib/x86_64-linux-gnu/libc.so.6"}),
        ("application", {"module": r"C:\game\zone.exe"}),
        ("noise", {}),
        ("noise", {"function": "f", "kind": "elided"}),
        ("library", {"function": "renderWithHooks", "language": "javascript"}),
        ("application", {"function": "renderWithHooks", "language": "python"}),
        ("library", {"function": "usize::index", "language": "rust"}),
        ("noise", {"function": "a.Cart.total", "file": "<generated>", "language": "java"}),
        ("noise", {"function": "error", "language": "haskell"}),
        ("noise", {"function": "error", "module": "[C]", "language": "lua"}),
        ("library", {"function": "xpcall", "module": "[C]", "language": "lua"}),
        ("prefix", {"function": "string.rep", "module": "[C]", "language": "lua"}),
        ("prefix", {"function": "gsub", "module": "[builtin:gsub]", "language": "lua"}),
        ("application", {"function": "string.rep", "file": "shop.lua", "language": "lua"}),
        ("noise", {"function": "v8::base::(anonymous namespace)::DefaultDcheckHandler(char const*, int, char const*)"}),
        ("noise", {"function": "v8::internal::Heap::FatalProcessOutOfMemory(char const*)"}),
        ("application", {"function": "v8::internal::Heap::CollectGarbage(int)"}),
        ("noise", {"function": "__schedule_loop", "language": "kernel"}),
        ("application", {"function": "tank_schedule_loop", "language": "kernel"}),
        ("noise", {"function": "asan.module_ctor"}),
        ("noise", {"function": "abort_with_issue", "file": "pysecsan/sanlib.py", "language": "python"}),
        ("application", {"function": "abort_with_order", "file": "shop/cart.py", "language": "python"}),
        ("library", {"function": "org.codehaus.groovy.runtime.InvokerHelper.call", "language": "java"}),
        ("application", {"function": "errors", "file": "shop.lua", "language": "lua"}),
        ("application", {"function": "error", "file": "a.jl", "language": "julia"}),
        ("noise", {"function": "____kasan_slab_free", "language": "kernel"}),
        ("library", {"function": "__kmem_cache_free", "language": "kernel"}),
        ("application", {"function": "tank_cache_free", "language": "kernel"}),
        ("library", {"function": "head", "file": "libraries/base/GHC/List.hs", "language": "haskell"}),
        ("library", {"function": "gen_server:call", "language": "erlang"}),
        ("library", {"function": "sapply", "language": "r"}),
        ("noise", {"function": "stop", "language": "r"}),
        # glibc built with its checks of sizes, its sources named without folders
        ("noise", {"function": "__GI___chk_fail", "file": "chk_fail.c", "language": "native"}),
        ("library", {"function": "_IO_str_chk_overflow", "file": "iovsprintf.c", "language": "native"}),
        ("library", {"function": "__vfprintf_internal", "file": "vfprintf-internal.c", "language": "native"}),
        ("library", {"function": "group_number", "file": "printf_fp.c", "language": "native"}),
        ("library", {"function": "___sprintf_chk", "file": "sprintf_chk.c", "language": "native"}),
        ("library", {"function": "__fdelt_chk", "file": "fdelt_chk.c", "language": "native"}),
        ("library", {"function": "recv", "file": "/usr/include/x86_64-linux-gnu/bits/socket2.h", "language": "native"}),
        ("application", {"function": "range_chk", "file": "src/range_chk.c", "language": "native"}),
        ("application", {"function": "log_printf", "file": "src/log.c", "language": "native"}),
        # what runtimes and package managers bring, and what only looks like it
        ("library", {"function": "okio.Buffer.read", "language": "java"}),
        ("library", {"function": "org.codehaus.groovy.runtime.InvokerHelper.invoke", "language": "java"}),
        ("noise", {"function": "Deploy$plan.callCurrent", "language": "java"}),
        ("noise", {"function": "$Proxy3.orders", "language": "java"}),
        ("noise", {"function": "jdk.proxy2.$Proxy41.save", "language": "java"}),
        ("library", {"function": "throw_domain", "module": "Base.Math", "language": "julia"}),
        ("noise", {"function": "_COROUTINE._BOUNDARY._", "language": "java"}),
        (
            "library",
            {
                "function": "IOClient.send",
                "module": "http",
                "file": "package:http/src/io_client.dart",
                "language": "dart",
            },
        ),
        ("application", {"function": "Client.send", "file": "package:http_shop/client.dart", "language": "dart"}),
        ("library", {"function": "open", "file": "ext:deno_fs/30_fs.js", "language": "javascript"}),
        (
            "library",
            {"function": "$e", "file": "https://cdn.jsdelivr.net/npm/vue@3/dist/vue.js", "language": "javascript"},
        ),
        ("application", {"function": "Tag", "file": "webpack-internal:///./src/Tag.tsx", "language": "javascript"}),
        ("library", {"function": "getindex", "module": "Base", "language": "julia"}),
        ("application", {"function": "swing", "module": "BaseballStats", "language": "julia"}),
        ("library", {"function": "mux.(*R).Serve", "file": "github.com/gorilla/mux@v1.8.1/mux.go", "language": "go"}),
        ("library", {"function": "lambda_method42", "language": "csharp"}),
        ("prefix", {"function": "schedule_preempt_disabled", "language": "kernel"}),
        ("prefix", {"function": "__list_del_entry_valid_or_report", "language": "kernel"}),
        ("noise", {"function": "print_fatal_signal", "module": "/usr/sbin/mysqld"}),
        ("application", {"function": "dispatch_command", "module": "/usr/sbin/mysqld"}),
        ("library", {"function": "dispatch_sync_f_slow", "language": "swift"}),
        ("library", {"function": "f", "module": "SwiftUI", "language": "swift"}),
        ("noise", {"function": "reabstraction_thunk", "module": "Shop", "language": "swift"}),
        ("noise", {"function": "objectdestroy.2Tm", "module": "Shop", "language": "swift"}),
        ("application", {"function": "objectdestroyer", "module": "Shop", "language": "swift"}),
        ("library", {"function": "il2cpp::vm::Runtime::Invoke", "module": "libil2cpp.so"}),
        ("library", {"function": "f", "module": "libunity.so"}),
        ("application", {"function": "Cart_Pay", "module": "libil2cpp.so"}),
        ("application", {"function": "f", "module": "NetworkTool", "language": "swift"}),
        ("library", {"function": "run", "file": "C:\\Python311\\Lib\\asyncio\\runners.py", "language": "python"}),
        ("library", {"function": "std.conv.to", "language": "d"}),
        ("library", {"function": "_bootstrap_inner", "file": "python3.10/threading.py", "language": "python"}),
        ("application", {"function": "_bootstrap_cart", "file": "cart.py", "language": "python"}),
        ("application", {"function": "_bootstrap", "file": "/srv/boot.js", "language": "javascript"}),
        ("noise", {"module": "/usr/libexec/valgrind/vgpreload_helgrind-amd64-linux.so", "language": "native"}),
        # what finds and reports a fault, and what only looks like it
        ("noise", {"function": "replace_memcpy", "file": "replace.c"}),
        ("application", {"function": "replace_member", "file": "team.c"}),
        ("noise", {"function": "print_circular_bug.cold", "language": "kernel"}),
        ("application", {"function": "print_circular_list", "language": "kernel"}),
        ("noise", {"function": "KiPageFault", "module": "nt"}),
        ("library", {"function": "IofCallDriver", "module": "nt"}),
        ("application", {"function": "ReadCart", "module": "ntshop"}),
        ("noise", {"function": "segv_handler", "language": "native"}),
        ("application", {"function": "segv_handler", "language": "python"}),
        ("noise", {"function": "throw", "file": "SETTING::src/core.c/Exception.rakumod", "language": "raku"}),
        ("library", {"function": "map", "file": "ice-9/boot-9.scm", "language": "scheme"}),
        ("application", {"function": "map-rates", "file": "shop/map.scm", "language": "scheme"}),
        ("library", {"function": "ILStubClass.IL_STUB_PInvoke", "language": "csharp"}),
        ("noise", {"function": "_kernel_trap", "module": "mach_kernel"}),
        ("library", {"function": "_call_continuation", "module": "mach_kernel"}),
        ("application", {"function": "_kernel_trap_count", "module": "com.shop.driver"}),
        ("noise", {"function": "cmntrap", "module": "unix", "language": "c"}),
        ("application", {"function": "cmntrap", "language": "go"}),
        ("noise", {"function": "_v_panic", "language": "v"}),
        ("library", {"function": "array_get", "file": "/home/a/vlib/builtin/array.v", "language": "v"}),
        ("application", {"function": "main.array_get", "file": "/src/array.v", "language": "v"}),
        ("library", {"function": "ijl_apply_generic", "language": "c"}),
        ("application", {"function": "jl_pay", "language": "python"}),
        ("library", {"function": "catch", "language": "prolog"}),
        ("application", {"function": "catch_cart", "file": "/src/shop.pl", "language": "prolog"}),
    ],
)
def test_roles(expected, frame):
    assert role(**frame) == expected


def test_the_writers_word_counts():
    assert role("f", in_app=False) == "library"
    assert role("requests.get", file="/x/site-packages/requests/api.py", in_app=True) == "application"


def test_every_rule_says_its_name_and_a_known_role():
    table = tomllib.loads(Path(roles.__file__).with_name("roles.toml").read_text("utf-8"))
    names = [rule["name"] for rule in table["rule"]]
    assert len(names) == len(set(names))
    assert {rule["role"] for rule in table["rule"]} <= {"application", "library", "noise", "prefix", "sentinel"}
    assert all(
        set(rule) <= {"name", "role", "language", "function", "module", "file", "weak", "package"}
        for rule in table["rule"]
    )


@pytest.mark.parametrize("module", ["profile", "base", "core", "test", "sockets", "distributed"])
def test_a_module_of_julia_is_a_word_like_any_other_in_erlang(module):
    assert role(f"{module}:total/1", module=module, language="erlang") == "application"
    assert role("total", module=module, language="julia") == "library"


@pytest.mark.parametrize("module", ["logger", "ranch", "mix"])
def test_what_comes_with_elixir_is_not_the_programs(module):
    assert role(f"{module}:total/1", module=module, language="erlang") == "library"
