<?php
/**
 * Whole calls as the documentation has them, nested parameters, bodies as they are received, and
 * webhooks: name => what `answered_calls` in make.php answers.
 */

declare(strict_types=1);

/** The vendor's own examples, by function: [parameters, the hash that is known of them]. */
function documented_calls(): array
{
    $goods = [['good_name' => 'invoice', 'good_sum' => 1500], ['good_name' => 'sales']];
    $marks = ['utm_medium' => 'cpc', 'utm_source' => 'direct', 'utm_content' => 'content_123', 'utm_term' => 'my_label'];
    $marked = static fn (string $campaign): array => ['utm_medium' => 'cpc', 'utm_source' => 'direct',
        'utm_campaign' => $campaign] + $marks;
    $dates = ['date_s' => 1483218000, 'date_e' => 1485896400, 'paid' => true, 'goods' => [1, 2, 3]];
    return [
        'UpdateOrderStatus' => [['bill_id' => '100000', 'status' => 'sent', 'date' => '1362254400', 'rpo' => '10000000000000'],
            '92cea5ba30b463b8c3b234e3d2945e65'],
        'CreateOrder, goods only' => [['goods' => $goods, 'bill_email' => 'user4@email.com'], 'f4122207d1ecf8b9db7e537d1f6884d4'],
        'CreateOrder, whole' => [['goods' => $goods, 'bill_first_name' => 'Name', 'bill_surname' => 'Surname',
            'bill_middle_name' => 'Middle Name', 'bill_email' => 'user4@email.com', 'bill_phone' => '+7(928)777-77-77',
            'bill_country' => 'USA', 'bill_region' => 'New York', 'bill_city' => 'New York', 'bill_address' => 'Wall St.',
            'bill_postal_code' => '345678', 'bill_coupon' => 'skidka50', 'bill_tag' => 'AdWords',
            'bill_comment' => 'in a beautiful box', 'bill_ip' => '192.168.0.1', 'bill_timer_kill' => true,
            'bill_created' => 1291001819, 'bill_domain' => 'www.shop.com', 'utm' => $marked('my campaign')],
            'e1bf174b1f0be55f8fe4c447dde8bb7e'],
        'DeleteOrder' => [['bill_id' => 1111], '47d890b61dcad113dee75f57f69be233'],
        'GetBills' => [['email' => 'test@test.com', 'pay_status' => 'paid'], 'de492116f882540c82cd4cd92e200897'],
        'getOrderDetails' => [['bill_id' => 102937, 'good_info' => true], '01b56970e1b2077106671065067ef2d4'],
        'GetOrderInfo' => [['bill_id' => 102937], 'ed5d06d7b03e273f05a2bd74fc0db645'],
        'getOrdersWithGoods' => [['begin_date' => '01.01.2017', 'end_date' => '01.02.2017', 'paid' => 'true',
            'goods' => [1, 2, 3]], 'e18ac8e1ba87d5dd231fa80c80f4e8aa'],
        'GetOrders' => [$dates, '687631a7b58b265d2845553cec0df3d4'],
        'AddLeadToGroup, least' => [['rid' => ['super'], 'lead_email' => 'lead@email.com'], '2b2baf2cbff48172aa2d430dd1259a10'],
        'AddLeadToGroup, whole' => [['rid' => ['super'], 'lead_name' => 'Name', 'lead_email' => 'lead@email.com',
            'lead_phone' => '+788888888', 'lead_city' => 'City', 'tag' => 'this is tag', 'doneurl2' => 'http://yandex.ru/',
            'activation' => true, 'utm' => $marked('My_Campaign')], '04043052a196ac20685da6c31456d2a4'],
        'UpdateSubscriberData' => [['lead_email' => 'tester@influencersoft.com', 'lead_name' => 'John',
            'lead_phone' => '+18000000000', 'lead_city' => 'Los Angeles', 'lead_tags' => 'tag1,tag2,tag3'],
            '0871532dc3de6f697f605b073d4b1dfc'],
        'DeleteSubscribe' => [['lead_email' => 'lead@email.com', 'rass_name' => 'super'], '2591307d1f52797f6b196c785d09b863'],
        'GetLeadGroups, GetLeadGroupStatuses' => [['email' => 'fiztov5@test.com'], '7c16c97cdea01902f6d270bf11b71c08'],
        'GetCountSubscribe' => [['group_name' => 'unique'], 'a99dd18b454e26ea8572e22c724cbf32'],
        'GetAllGroups, GetAllGoods' => [[], '53de7e1144de71c41d1cb06887f4b179'],
        'DeleteGood' => [['good_name' => 'super_tovar'], '5b3e574ca11a92f661841da42d995dc6'],
        'AddGood' => [['good_name' => 'super_product', 'good_type' => 0, 'good_title' => '10 DVD with cooking lessons',
            'good_sum' => 999887], '71d9d1cac30417e9af6323d42f63cdc8'],
        'UpdateGood' => [['good_name' => 'super_product', 'good_title' => 'Super Product 3000', 'good_sum' => 999887],
            '7417fe5d3456cd14de3af8109a27636f'],
        'GetPartnerStats' => [['partner' => 'my_partner_login', 'date_from' => '2016-08-01', 'date_to' => '2016-09-22'],
            'a7cc5103fa95c531c4dc263419c16492'],
        'a Russian name' => [['lead_email' => 'a@b.ru', 'lead_name' => 'Иван ~*'], '178e699bd526bbbcbc8436c0dbed5f2b'],
    ];
}

/** Every field that the documentation has for a function, in the order in which the plugin sends them. */
function whole_calls(): array
{
    $product = ['parent_id' => '5', 'good_api_url_notif' => 'https://example.com/paid',
        'good_api_url_new_order' => 'https://example.com/new', 'good_success_link' => 'https://example.com/thanks',
        'good_download' => 'https://example.com/book.pdf', 'good_mail_subject' => 'Thank you', 'good_mail_format' => 'text',
        'good_mail_body' => 'Thank <b>you</b>', 'good_mail_text' => 'Thank you', 'good_partner_fee' => '100.00',
        'good_partner_fee_perc' => '10.00', 'good_partner_pfee' => '20.00', 'good_partner_pfee_perc' => '2.00',
        'good_partner_show' => true, 'good_partner_SL_link' => 'https://example.com/sale',
        'good_partner_addition_link' => 'https://example.com/more', 'good_partner_text' => 'Good for beginners',
        'good_pay_text' => '#PRODUCT# #PRICE#', 'good_timer' => true, 'good_timer_unit' => 'day', 'good_timer_duration' => 3,
        'good_publish' => true, 'good_nalozh_only' => true, 'good_post_service' => 'quickpost',
        'good_quickpost_article' => 'A-17', 'good_use_short' => true, 'good_rashod' => '300.00', 'good_rashod_perc' => '15.00',
        'good_client_rassilki' => 'customers', 'good_only_countries' => 'USA,DEU'];
    $marks = ['utm_medium' => 'cpc', 'utm_source' => 'adwords', 'utm_campaign' => 'spring', 'utm_content' => 'banner',
        'utm_term' => 'teapot', 'aff_medium' => 'blog', 'aff_source' => 'newsletter', 'aff_campaign' => 'autumn',
        'aff_content' => 'header', 'aff_term' => 'kettle'];
    return [
        'CreateOrder, every field' => ['goods' => [['good_name' => 'invoice', 'good_sum' => '1500.00'], ['good_name' => 'sales']],
            'bill_email' => 'lead@email.com', 'bill_first_name' => 'Name', 'bill_surname' => 'Surname',
            'bill_otchestvo' => 'Middle Name', 'bill_phone' => '+7(928)777-77-77', 'bill_country' => 'USA',
            'bill_region' => 'New York', 'bill_city' => 'New York', 'bill_address' => 'Wall St.',
            'bill_postal_code' => '345678', 'bill_kupon' => 'skidka50', 'bill_tag' => 'AdWords',
            'bill_comment' => 'in a beautiful box', 'bill_ip' => '192.168.0.1', 'bill_created' => 1291001819,
            'bill_domain' => 'www.shop.com', 'utm' => $marks, 'bill_timer_kill' => 1893456000],
        'AddLeadToGroup, every field' => ['rid' => ['super'], 'lead_email' => 'lead@email.com', 'lead_name' => 'Name',
            'lead_phone' => '+788888888', 'lead_city' => 'City', 'tag' => 'this is tag', 'doneurl2' => 'http://yandex.ru/',
            'activation' => true, 'utm' => $marks],
        'AddGood, every field' => ['good_name' => 'super_product', 'good_type' => 0, 'good_title' => 'Payment for training',
            'good_sum' => '1500.00'] + $product,
        'UpdateGood, every field' => ['good_name' => 'super_product', 'good_title' => 'Super Product 3000',
            'good_sum' => '999887.00'] + $product,
    ];
}

/** Replies as the documentation has them: text with its code => the hash that is known of it. */
function documented_replies(): array
{
    return [
        '0::ok' => 'ffe12101a35998cbb60b510662de528e',
        '0::OK' => 'cf2b10a8fd707c6d14f496e19503b0a1',
        '0::order status changed' => '4ef8e143e36243439703a455b38e6963',
        '0::order deleted' => '1ab62aee8021c21fb303511a2bab6b42',
        '0::activation email sent to subscriber' => '6877d5d32700b8f7b3ca049c05e40d8c',
        '1::not transferred hash' => 'b9997124d2e07b663c54aafec570d51e',
        '102::the subscriber is already registered' => '1fcd5210179dce91f3ba8e130ad967ce',
        '302::nonexistent order' => 'f3ddaa0edde532b8031847199bab2286',
        '400::order not found' => 'a2741415089572385b85267fea5e6377',
        '501::group not found' => 'aee7d7744521f327f5a8a0a627006a0f',
        '601::order already exist. his number send in result array.' => '1825ebbed6ef094beb81f120af6e48b1',
        '700::no products' => '9a937e8764858d210333ab112d412a01',
        '801::subscriber with such address is not found' => 'c70ee3902bc5e0f7a1a36b5052e4b5f9',
    ];
}

/** What webhooks' hashes cover, in parts: name => [id, e-mail, time, the hash that is known of it or null]. */
function webhooks(): Generator
{
    yield 'created' => ['123', 'client@email.com', '1362254400', '974c143c93b45a21be071d7ab814e521'];
    yield 'paid' => ['123', 'client@email.com', '1362340800', '4b1ef3a3cccfcc28451f8941bb592e53'];
    yield 'without a time' => ['123', 'client@email.com', '', '0d9602d6724387a9eba42334b67e406f'];
    mt_srand(13);
    for ($case = 1; $case <= 60; $case++) {
        yield "random webhook $case" => [(string) mt_rand(1, 999999999), random_text(20), (string) mt_rand(1, 2000000000), null];
    }
}

/** Parameters with arrays in them. */
function nested_parameters(): Generator
{
    $texts = ['', '0', 'a b', '+7(928)', '~*', '100%', 'a&b=c', 'Иван', '🦔', "e\u{301}", 'a[0]', "a\nb", '1605189997.0025174394'];
    foreach ($texts as $at => $text) {
        yield "nested text $at" => ['goods' => [['good_name' => $text, 'good_sum' => '1']], 'bill_email' => $text];
        yield "listed text $at" => ['rid' => [$text, $text], 'lead_email' => 'a@b.ru'];
        yield "mark $at" => ['lead_email' => 'a@b.ru', 'utm' => ['utm_medium' => $text, 'aff_term' => $text]];
    }
    $values = ['true' => true, 'false' => false, 'null' => null, 'empty array' => [], 'array of nothing' => [null, []],
        'whole' => 1000.0, 'half' => 1500.5, 'tenth' => 0.1, 'integer' => 1500, 'negative' => -1];
    foreach ($values as $label => $value) {
        yield "value $label" => ['a' => '1', 'v' => $value, 'z' => $label];
        yield "nested value $label" => ['a' => [['v' => $value, 'w' => 'x'], $value], 'z' => $label];
    }
    yield 'lists of many' => ['rid' => range(0, 120), 'lead_email' => 'a@b.ru'];
    yield 'holes in a list' => ['goods' => [3 => ['n' => 'c'], 1 => ['n' => 'a'], 7 => ['n' => 'b']]];
    yield 'deep' => ['a' => [['b' => [['c' => [['d' => 'x']]]]]]];
    mt_srand(12);
    for ($case = 1; $case <= 560; $case++) {
        $goods = [];
        for ($left = mt_rand(1, 4); $left > 0; $left--) {
            $goods[] = ['good_name' => random_text(10), 'good_sum' => mt_rand(0, 99999) / (mt_rand(0, 1) ? 1 : 100)];
        }
        $utm = [];
        foreach (['utm_medium', 'utm_source', 'aff_content'] as $mark) {
            if (mt_rand(0, 1)) {
                $utm[$mark] = random_text(12);
            }
        }
        yield "random order $case" => ['goods' => $goods, 'bill_email' => random_text(16), 'bill_comment' => random_text(30),
            'bill_timer_kill' => (bool) mt_rand(0, 1), 'utm' => $utm, 'rid' => array_map('strval', range(0, mt_rand(0, 3)))];
    }
}

/** Bodies as clients may send them: PHP reads each in its own way. */
function received_bodies(): Generator
{
    $bodies = ['', '&', '=', '=x', 'a', 'a=', 'a=1&a=2', 'a=1&b=2&a=3', 'b=2&a=1', 'a.b=1', 'a b=1', 'a%20b=1', '%20a=1',
        'a%2Eb=1', 'a[]=1&a[]=2', 'a[0]=1&a[]=2', 'a[5]=1&a[]=2', 'a[-5]=1&a[]=2', 'a[x]=1&a[]=2', 'a[07]=1&a[]=2',
        'a[0][x]=1&b=2&a[0][y]=3', 'a[0][x]=1&b=2&a[1][x]=3&a[0][y]=4', 'a=1&a[x]=2', 'a[x]=1&a=2', 'a[x]=1&a[x][y]=2',
        'a[x][y]=1&a[x]=2', 'a[=1', 'a[b=1', 'a]=1', 'a[b]c=1', 'a[b][c=1', 'a[[b]]=1', 'a[b[c]=1', '[a]=1', '[]=1', 'a[ ]=1',
        'a[ b]=1', 'a[b ]=1', 'a[b.c]=1', 'a.b[c.d]=1', 'a[b.c=1', 'a[b c=1', 'a%5Bb%5D=1', 'a%5b0%5d%5bx%5d=1', 'a[%D0%B6]=1',
        'a%00b=1', 'a[b%00c]=1', 'a=%00', 'a=%zz%4', 'a=*~%20%7e', '+a=1', '++=1', 'a+=1', 'a[]', 'a[][x]=1&a[][y]=2',
        'a[9223372036854775807]=1', 'a[9223372036854775808]=1', 'a[-0]=1&a[]=2', 'a;b=1', 'a=1;b=2', '_=1', 'a__b=1&a._b=2',
        'a[x]=1', 'a' . str_repeat('[x]', 63) . '=1', 'a' . str_repeat('[x]', 64) . '=1', 'a' . str_repeat('[x]', 65) . '=1',
        implode('&', array_map(static fn (int $n) => "n$n=$n", range(1, 1000))),
        implode('&', array_map(static fn (int $n) => "l[]=$n", range(1, 300)))];
    foreach ($bodies as $at => $body) {
        yield "body $at" => $body;
    }
    mt_srand(7);
    $parts = ['a', 'b', '[', ']', '[]', '[0]', '[1]', '[x]', '.', ' ', '+', '=', '&', '&', '%5B', '%5D', '%20', '%2E', '1', 'ж', '-', '_'];
    for ($case = 1; $case <= 500; $case++) {
        $body = '';
        for ($left = mt_rand(1, 24); $left > 0; $left--) {
            $body .= $parts[mt_rand(0, count($parts) - 1)];
        }
        if (!in_array($body, $bodies, true)) {
            $bodies[] = $body;
            yield "random body $case" => $body;
        }
    }
}
