% A cart is paid in a currency that has no rate: by the caller, in a process of its own, in a server.
-module(shop).
-behaviour(gen_server).
-export([pay/1, spawned/0, served/0, init/1, handle_call/3, handle_cast/2]).

rate(Currency) -> maps:get(Currency, #{eur => 1.0}).

convert(Amount, Currency) -> Amount * rate(Currency).

pay(Cart) ->
    Sum = lists:sum([convert(Amount, Currency) || {Amount, Currency} <- Cart]),
    {ok, Sum}.

spawned() ->
    spawn(fun() -> {ok, _} = pay([{3, xts}]) end),
    timer:sleep(300).

served() ->
    {ok, Server} = gen_server:start(?MODULE, [], []),
    catch gen_server:call(Server, {pay, [{3, xts}]}),
    timer:sleep(300).

init(_) -> {ok, #{carts => 2}}.

handle_call({pay, Cart}, _From, State) -> {reply, pay(Cart), State}.

handle_cast(_, State) -> {noreply, State}.
